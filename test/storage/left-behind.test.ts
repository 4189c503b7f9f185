import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SlabId } from '../../src/arena/arena-memory.js'
import { Custody } from '../../src/arena/custody.js'
import { SlabState, SlabWord } from '../../src/arena/layout.js'
import { halfOf, type PartId, WHOLE } from '../../src/arena/part-id.js'
import { settled, unstored } from '../../src/storage/left-behind.js'
import { SharedShard } from './support/side.js'

const test = suite('what a shard that has ended left behind')

const UUID_BYTES = 16
const FIRST = halfOf(WHOLE, 0)
const SECOND = halfOf(WHOLE, 1)

/** A batch in that custody, which the store knows where it is `Stored`. */
function batch({ batches }: SharedShard, slab: SlabId, custody: Custody, state: SlabState = SlabState.Sealed): SlabId {
  const generation = batches.custody.generation(slab)
  batches.custody.exchange(slab, generation, Custody.None, custody)
  if (state !== SlabState.Sealed) batches.slabs.setState(slab, state)
  return slab
}

/** The parts of a batch that was split, in slabs of their own. */
function partsOf(shard: SharedShard, whole: SlabId, ids: readonly PartId[]): readonly SlabId[] {
  const { slabs } = shard.batches
  const idAt = SlabWord.DeliveryId * 4
  return ids.map((id) => {
    const part = shard.sealed()
    slabs.memory.bytes.copyWithin(part + idAt, whole + idAt, whole + idAt + UUID_BYTES)
    slabs.setPart(part, id)
    return part
  })
}

function settledIds(shard: SharedShard): readonly SlabId[] {
  const side = shard.side()
  const done = settled(side).map(({ kind, id }) => `${kind} ${Buffer.from(id).toString('hex')}`)
  const found: SlabId[] = []
  side.forEachUsed((slab) => {
    if (done.includes(`done ${Buffer.from(side.idOf(slab)).toString('hex')}`)) found.push(slab)
  })
  return found
}

test('is stored: what waits, what is in flight and what is parked, whether it was wanted yet or not', () => {
  const shard = new SharedShard()
  const slabs = [
    batch(shard, shard.sealed(), Custody.None),
    batch(shard, shard.sealed(), Custody.Wanted, SlabState.InFlight),
    batch(shard, shard.sealed(), Custody.Wanted, SlabState.Parked),
    batch(shard, shard.sealed(), Custody.Stored, SlabState.Dead),
  ]
  batch(shard, shard.sealed(), Custody.Stored)
  batch(shard, shard.sealed(), Custody.None, SlabState.Settled)
  const side = shard.side()
  const wanted = unstored(side, false)
  assert.equal(
    wanted.map(({ slab }) => slab),
    slabs,
  )
  assert.ok(slabs.every((slab) => side.custody.of(slab) === Custody.Wanted))
})

test('is not stored as parts, in a queue that has the whole until all of them have settled', () => {
  const shard = new SharedShard()
  const whole = batch(shard, shard.sealed(2), Custody.Stored, SlabState.Settled)
  const [first, second] = partsOf(shard, whole, [FIRST, SECOND])
  batch(shard, second as SlabId, Custody.None, SlabState.Dead)
  assert.equal(
    unstored(shard.side(), true).map(({ slab }) => slab),
    [second],
  )
  assert.equal(
    unstored(shard.side(), false).map(({ slab }) => slab),
    [first, second],
  )
})

test('is settled: the store is told of it, where it knows the job', () => {
  const shard = new SharedShard()
  const known = batch(shard, shard.sealed(), Custody.Stored, SlabState.Settled)
  batch(shard, shard.sealed(), Custody.None, SlabState.Settled)
  batch(shard, shard.sealed(), Custody.Stored)
  assert.equal(settledIds(shard), [known])
})

test('is not settled while the store lacks one of the parts that it was split into', () => {
  const shard = new SharedShard()
  const whole = batch(shard, shard.sealed(2), Custody.Stored, SlabState.Settled)
  const [first, second] = partsOf(shard, whole, [FIRST, SECOND]) as [SlabId, SlabId]
  batch(shard, first, Custody.Stored, SlabState.InFlight)
  batch(shard, second, Custody.Wanted)
  assert.equal(settledIds(shard), [])
  const { custody } = shard.batches
  custody.exchange(second, custody.generation(second), Custody.Wanted, Custody.Stored)
  assert.equal(settledIds(shard), [whole])
})

test('is settled though another part of the same batch is not', () => {
  const shard = new SharedShard()
  const whole = shard.sealed(2)
  const [first, second] = partsOf(shard, whole, [FIRST, SECOND]) as [SlabId, SlabId]
  shard.batches.allocator.release(whole)
  batch(shard, first, Custody.Stored, SlabState.Settled)
  batch(shard, second, Custody.Wanted, SlabState.InFlight)
  assert.equal(settledIds(shard), [first])
})

test.run()
