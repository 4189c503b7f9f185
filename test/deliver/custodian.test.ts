import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SlabId } from '../../src/arena/arena-memory.js'
import { Custody, isKnown } from '../../src/arena/custody.js'
import { SlabState } from '../../src/arena/layout.js'
import { Custodian } from '../../src/deliver/custodian.js'
import { HandOverConsumer } from '../../src/hand-over/consumer.js'
import { EntryKind, EntryWord, StoreHealth } from '../../src/hand-over/layout.js'
import type { EndpointNumber } from '../../src/indexes.js'
import { ENDPOINT, SharedShard } from '../storage/support/side.js'

const test = suite('the custodian')

/** The shard's side of custody, and a storage thread that does what the test says. */
class Rig {
  readonly shard = new SharedShard()
  readonly letters: SlabId[] = []
  readonly parked: SlabId[] = []
  readonly named: number[] = []
  isNameable = true
  readonly custodian: Custodian
  readonly #consumer = new HandOverConsumer(this.shard.handOver)

  constructor(afterMs = 0, handsOver = false) {
    const { batches, producer } = this.shard
    this.custodian = new Custodian(
      batches,
      producer,
      { afterMs, handsOver },
      {
        name: (endpoint) => {
          if (this.isNameable) this.named.push(endpoint)
          return this.isNameable
        },
        letterStored: (slab) => {
          this.letters.push(slab)
          batches.allocator.release(slab)
        },
        parked: (slab) => this.parked.push(slab),
      },
    )
    batches.replaced = this.custodian
  }

  /** A batch that is wanted in the store. */
  wanted(events = 1): SlabId {
    const slab = this.shard.sealed(events)
    this.custodian.sealed(slab, 0)
    return slab
  }

  /** A batch that came from the store. */
  received(events: number): SlabId {
    const slab = this.shard.sealed(events)
    const { custody } = this.shard.batches
    custody.beginStored(slab, custody.generation(slab))
    return slab
  }

  /** The storage thread takes the slab, as far as `to`. */
  take(slab: SlabId, to: Custody = Custody.Taken): void {
    const { custody } = this.shard.batches
    const generation = custody.generation(slab)
    custody.exchange(slab, generation, Custody.Wanted, Custody.Taken)
    if (to !== Custody.Taken) custody.exchange(slab, generation, Custody.Taken, to)
  }

  /** The storage thread has committed what there is: the shard looks. */
  commit(): void {
    this.entries()
    this.#consumer.committed()
    this.custodian.run(0)
  }

  /** What was handed over since, by kind. */
  entries(): readonly number[] {
    const kinds: number[] = []
    for (let at = this.#consumer.next(); at !== -1; at = this.#consumer.next()) {
      kinds.push(this.#consumer.memory.words[at + EntryWord.Kind] ?? 0)
    }
    this.#consumer.leave()
    return kinds
  }

  /** The storage thread says how its store is: the shard looks. */
  show(health: StoreHealth): void {
    this.#consumer.showHealth(health)
    this.custodian.run(0)
  }

  fillRing(): void {
    while (this.shard.producer.store(1 as SlabId, 0));
  }

  state(slab: SlabId): SlabState {
    return this.shard.batches.slabs.state(slab)
  }
}

test('cancels what settles before its turn', () => {
  const rig = new Rig()
  const slab = rig.wanted()
  rig.custodian.done(slab)
  assert.equal([rig.state(slab), rig.entries()], [SlabState.Free, [EntryKind.Store]])
})

test('says that a stored batch is done, and frees its slab', () => {
  const rig = new Rig()
  const slab = rig.wanted()
  rig.take(slab, Custody.Stored)
  rig.entries()
  rig.custodian.done(slab)
  assert.equal([rig.state(slab), rig.entries()], [SlabState.Free, [EntryKind.Done]])
})

test('keeps a slab that settles while it is written, until it is', () => {
  const rig = new Rig()
  const slab = rig.wanted()
  rig.take(slab)
  rig.custodian.done(slab)
  const before = rig.state(slab)
  rig.take(slab, Custody.Stored)
  const { custody } = rig.shard.batches
  custody.exchange(slab, custody.generation(slab), Custody.Taken, Custody.Stored)
  rig.commit()
  assert.equal([before, rig.state(slab), rig.entries()], [SlabState.Settled, SlabState.Free, [EntryKind.Done]])
})

test('says that a batch is done whose write failed: it may be stored', () => {
  const rig = new Rig()
  const slab = rig.wanted()
  rig.take(slab)
  rig.shard.batches.custody.unsure(slab, rig.shard.batches.custody.generation(slab))
  rig.entries()
  rig.custodian.done(slab)
  assert.equal([rig.state(slab), rig.entries()], [SlabState.Free, [EntryKind.Done]])
})

test('offers again what found no room in the hand-over, a parked batch too', () => {
  const rig = new Rig()
  rig.fillRing()
  const slab = rig.wanted()
  rig.custodian.park(slab)
  rig.commit()
  assert.equal(rig.entries(), [EntryKind.Store])
  rig.take(slab, Custody.Stored)
  rig.commit()
  assert.equal([rig.state(slab), rig.parked, rig.entries()], [SlabState.Free, [slab], [EntryKind.Release]])
})

test('keeps a settled slab whose end found no room in the hand-over', () => {
  const rig = new Rig()
  const slab = rig.wanted()
  rig.take(slab, Custody.Stored)
  rig.fillRing()
  rig.custodian.done(slab)
  const before = rig.state(slab)
  rig.commit()
  assert.equal([before, rig.state(slab), rig.entries()], [SlabState.Settled, SlabState.Free, [EntryKind.Done]])
})

test('says that a batch which was split is done when all its parts are stored or have settled', () => {
  const rig = new Rig()
  const whole = rig.wanted(2)
  rig.take(whole, Custody.Stored)
  const [first, second] = rig.shard.batches.halve(whole) ?? []
  if (first === undefined || second === undefined) throw new Error('the arena of the test has no room')
  rig.take(first, Custody.Stored)
  rig.commit()
  const before = rig.state(whole)
  rig.custodian.done(second)
  rig.commit()
  assert.equal([before, rig.state(whole), rig.entries()], [SlabState.Settled, SlabState.Free, [EntryKind.Done]])
})

test('hands on to a dead letter in another slab that the store knows its job', () => {
  const rig = new Rig()
  const slab = rig.wanted()
  rig.take(slab)
  const { batches } = rig.shard
  const grave = batches.bury(slab, 500, `rejected\n${'a long reason '.repeat(30)}`, 5)
  assert.is.not(grave, slab)
  assert.equal([rig.state(slab), isKnown(batches.custody.load(grave))], [SlabState.Left, true])
  const generation = batches.custody.generation(slab)
  batches.custody.exchange(slab, generation, Custody.Taken, Custody.Stored)
  rig.commit()
  assert.is(rig.state(slab), SlabState.Free)
})

test('has a dead letter stored as such that died while it was written as a batch', () => {
  const rig = new Rig()
  const slab = rig.wanted()
  rig.take(slab)
  const { batches } = rig.shard
  batches.bury(slab, 500, 'rejected', 5)
  rig.custodian.buried(slab)
  rig.entries()
  batches.custody.exchange(slab, batches.custody.generation(slab), Custody.Taken, Custody.Stored)
  rig.commit()
  assert.equal([rig.letters, batches.custody.of(slab), rig.entries()], [[], Custody.Wanted, [EntryKind.Dead]])
  rig.take(slab, Custody.Stored)
  rig.commit()
  assert.equal(rig.letters, [slab])
})

/** A batch that died while the storage thread wrote it: it is not offered as a letter before that has ended. */
function diedWhileWritten(rig: Rig): SlabId {
  const slab = rig.wanted()
  rig.take(slab)
  rig.shard.batches.bury(slab, 500, 'rejected', 5)
  rig.custodian.buried(slab)
  return slab
}

test('says that the dead letters are stored once they are nowhere else, those too that could not be offered yet', () => {
  const rig = new Rig()
  const slab = diedWhileWritten(rig)
  const said: boolean[] = []
  rig.custodian.whenLettersStored((areStored) => said.push(areStored))
  const { custody } = rig.shard.batches
  custody.exchange(slab, custody.generation(slab), Custody.Taken, Custody.Stored)
  rig.commit()
  const before = [...said]
  rig.take(slab, Custody.Stored)
  rig.commit()
  assert.equal([before, said, rig.letters], [[], [true], [slab]])
})

test('says that there are no dead letters but the stored ones where there are none', () => {
  const said: boolean[] = []
  new Rig().custodian.whenLettersStored((areStored) => said.push(areStored))
  assert.equal(said, [true])
})

for (const [name, health] of [
  ['full', StoreHealth.Full],
  ['down', StoreHealth.Down],
] as const) {
  test(`says at once that dead letters are not stored when the store is ${name}`, () => {
    const rig = new Rig()
    diedWhileWritten(rig)
    const said: boolean[] = []
    rig.custodian.whenLettersStored((areStored) => said.push(areStored))
    const before = [...said]
    rig.show(health)
    rig.custodian.whenLettersStored((areStored) => said.push(areStored))
    assert.equal([before, said], [[], [false, false]])
  })
}

test('takes back what is being parked, in its order, but nothing that comes after what is being written', () => {
  const rig = new Rig()
  const [first, written, last] = [rig.wanted(), rig.wanted(), rig.wanted()]
  for (const slab of [last, written, first]) rig.custodian.park(slab)
  rig.take(written)
  assert.equal(
    rig.custodian.takeBack(() => false),
    [],
  )
  assert.equal(
    rig.custodian.takeBack(() => true),
    [first],
  )
  assert.equal(
    [first, written, last].map((slab) => rig.state(slab)),
    [SlabState.Sealed, SlabState.Parked, SlabState.Parked],
  )
})

test('wants a batch when it is old enough, unless its slab has another one by then', () => {
  const rig = new Rig(100)
  const [settled, old] = [rig.wanted(), rig.wanted()]
  rig.custodian.done(settled)
  const other = rig.shard.sealed()
  rig.custodian.run(99)
  const before = rig.entries()
  rig.custodian.run(100)
  const { custody } = rig.shard.batches
  assert.equal([other, before, rig.entries()], [settled, [], [EntryKind.Store]])
  assert.equal([custody.of(old), custody.of(other)], [Custody.Wanted, Custody.None])
})

test('names an endpoint before its first batch, and to another storage thread if it is there', () => {
  const rig = new Rig()
  rig.wanted()
  rig.wanted()
  const once = [...rig.named]
  rig.isNameable = false
  rig.custodian.nameAgain()
  rig.isNameable = true
  rig.wanted()
  assert.equal([once.length, rig.named.length], [1, 2])
})

test('offers again at a takeover what a former thread wanted, and says again what had settled', () => {
  const rig = new Rig()
  const [wanted, settled] = [rig.wanted(), rig.wanted()]
  rig.take(settled)
  rig.custodian.done(settled)
  rig.entries()
  const { custody } = rig.shard.batches
  custody.exchange(settled, custody.generation(settled), Custody.Taken, Custody.Stored)
  rig.custodian.adopt(wanted)
  rig.custodian.adoptSettled([settled])
  rig.custodian.run(0)
  assert.equal(rig.entries(), [EntryKind.Store, EntryKind.Done])
})

test('says when all that there is now is stored or has settled', () => {
  const rig = new Rig()
  const [stored, settled] = [rig.wanted(), rig.wanted()]
  let isPersisted = false
  rig.custodian.whenStored(() => {
    isPersisted = true
  })
  rig.wanted()
  rig.take(stored, Custody.Stored)
  rig.commit()
  const before = isPersisted
  rig.custodian.done(settled)
  rig.custodian.run(0)
  assert.equal([before, isPersisted], [false, true])
})

test('waits for no batch that came after it was asked, in a slab of one before it either', () => {
  const rig = new Rig()
  const before = rig.wanted()
  let isPersisted = false
  rig.custodian.whenStored(() => {
    isPersisted = true
  })
  rig.custodian.done(before)
  const after = rig.wanted()
  rig.custodian.run(0)
  assert.equal([after, isPersisted], [before, true])
})

test('does not rest when something was stored since it looked', () => {
  const rig = new Rig()
  const slab = rig.wanted()
  rig.take(slab)
  rig.custodian.done(slab)
  const mayRest = rig.custodian.rest()
  new HandOverConsumer(rig.shard.handOver).committed()
  assert.equal([mayRest, rig.custodian.rest()], [true, false])
})

test('frees what is handed over once the store has it, and says nothing more of it', () => {
  const rig = new Rig(0, true)
  const slab = rig.shard.sealed()
  rig.custodian.handOver(slab)
  rig.take(slab, Custody.Stored)
  rig.commit()
  assert.equal([rig.parked, rig.entries(), rig.shard.used], [[slab], [], 0])
})

test('stores no halves of a batch that is handed over, and says that it is done when both have settled', () => {
  const rig = new Rig(0, true)
  const slab = rig.received(2)
  const halves = rig.shard.batches.halve(slab) ?? []
  const before = rig.entries()
  for (const half of halves) rig.custodian.done(half)
  assert.equal([before, rig.entries(), halves.length], [[], [EntryKind.Done], 2])
})

test('leaves a batch in the store whose halves are given back', () => {
  const rig = new Rig(0, true)
  const halves = rig.shard.batches.halve(rig.received(2)) ?? []
  rig.custodian.forgetSplits(ENDPOINT as EndpointNumber)
  for (const half of halves) rig.custodian.forget(half)
  rig.commit()
  assert.equal([rig.entries(), rig.shard.used], [[], 0])
})

test.run()
