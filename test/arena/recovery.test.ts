import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ArenaMemory, type SlabId } from '../../src/arena/arena-memory.js'
import type { Batches } from '../../src/arena/batches.js'
import { SlabState, SlabWord } from '../../src/arena/layout.js'
import { recover } from '../../src/arena/recovery.js'
import { append, batchesIn, dirtyArena, eventsOf, openBatch, plantState } from './support/arenas.js'

const test = suite('recovery')

const NOTHING_WRONG = { settled: [], left: [], parked: [], inconsistent: [], quarantined: 0 }

const SHAPE = { pageBytes: 4096, pages: 8, reserveBytes: 0 }
const NOW = 1_700_000_000_000

function create(): Batches {
  return batchesIn(new ArenaMemory(dirtyArena(SHAPE), SHAPE))
}

/** What another thread makes of the same memory. */
function takeOver({ allocator }: Batches): Batches {
  return batchesIn(new ArenaMemory(allocator.memory.shared, SHAPE))
}

function sealed(batches: Batches, sequence: number): SlabId {
  const slab = openBatch(batches, [String(sequence)], sequence)
  batches.seal(slab, 'flush', NOW)
  return slab
}

function held(batches: Batches, sequence: number): SlabId {
  const slab = openBatch(batches, [], sequence)
  plantState(batches, slab, SlabState.Held)
  return slab
}

test('of an empty arena finds nothing', () => {
  assert.equal(recover(create()), { open: [], sealed: [], inFlight: 0, dead: [], held: [], ...NOTHING_WRONG })
})

test('finds each batch by its state', () => {
  const batches = create()
  const open = openBatch(batches, ['1'])
  const waiting = sealed(batches, 2)
  const dead = sealed(batches, 3)
  batches.bury(dead, 500, 'error', NOW)
  const kept = held(batches, 4)
  assert.equal(recover(takeOver(batches)), {
    open: [open],
    sealed: [waiting],
    inFlight: 0,
    dead: [dead],
    held: [kept],
    ...NOTHING_WRONG,
  })
})

test('what was in flight is sealed again, counted, and keeps its attempts', () => {
  const batches = create()
  const slab = sealed(batches, 1)
  batches.startAttempt(slab, NOW)
  const later = takeOver(batches)
  const { sealed: found, inFlight } = recover(later)
  assert.equal(
    { found, inFlight, state: later.slabs.state(slab), attempts: later.slabs.word(slab, SlabWord.Attempts) },
    { found: [slab], inFlight: 1, state: SlabState.Sealed, attempts: 1 },
  )
})

test('batches come in the order of the ring, also where sequences wrap', () => {
  const batches = create()
  const [third, first, second] = [3, 2 ** 32 - 2, 1].map((sequence) => sealed(batches, sequence))
  assert.equal(recover(takeOver(batches)).sealed, [first, second, third])
})

test('open batches and held records come in the order of the ring', () => {
  const batches = create()
  const [later, earlier] = [openBatch(batches, ['2'], 2), openBatch(batches, ['1'], 1)]
  const [heldLater, heldEarlier] = [held(batches, 4), held(batches, 3)]
  const found = recover(takeOver(batches))
  assert.equal(
    [found.open, found.held],
    [
      [earlier, later],
      [heldEarlier, heldLater],
    ],
  )
})

test('dead letters come in the order in which they died', () => {
  const batches = create()
  const [first, second] = [sealed(batches, 1), sealed(batches, 2)]
  batches.bury(second, 500, '', NOW)
  batches.bury(first, 500, '', NOW + 1)
  assert.equal(recover(takeOver(batches)).dead, [second, first])
})

test('frees what was being prepared', () => {
  const batches = create()
  batches.allocator.allocate(0)
  const later = takeOver(batches)
  recover(later)
  assert.is(later.allocator.usedBytes, 0)
})

test('of a batch that had grown keeps the larger slab', () => {
  const batches = create()
  const smaller = openBatch(batches, ['1'])
  const larger = batches.grow(smaller, 1000)
  plantState(batches, smaller, SlabState.Open)
  const later = takeOver(batches)
  assert.equal([recover(later).open, later.allocator.usedBytes], [[larger], 4096])
})

for (const state of [SlabState.Sealed, SlabState.InFlight]) {
  test(`a dead letter that had not yet left its old slab (state ${state}) is not sent again`, () => {
    const batches = create()
    const older = sealed(batches, 1)
    batches.bury(older, 500, 'error', NOW)
    const waiting = sealed(batches, 2)
    const slab = sealed(batches, 3)
    const grave = batches.bury(slab, 500, 'e'.repeat(300), NOW + 1)
    plantState(batches, slab, state)
    const later = takeOver(batches)
    const { dead, sealed: found, inFlight } = recover(later)
    assert.not.equal(grave, slab)
    assert.equal(
      { dead, found, inFlight, state: later.slabs.state(slab) },
      { dead: [older, grave], found: [waiting], inFlight: 0, state: SlabState.Free },
    )
  })
}

test('an open batch goes on where it was', () => {
  const batches = create()
  openBatch(batches, ['1', '2'], 1)
  const later = takeOver(batches)
  const bodies = recover(later).open.map((slab) => {
    append(later, slab, '3', 3)
    later.seal(slab, 'flush', NOW)
    return eventsOf(later.body(slab))
  })
  assert.equal(bodies, [[1, 2, 3]])
})

test('what it gives back can be taken at once', () => {
  const batches = create()
  const wholePage = batches.allocator.sizes.length - 1
  const fill = ({ allocator }: Batches): number => {
    let slabs = 0
    while (allocator.allocate(wholePage) !== null) slabs += 1
    return slabs
  }
  const before = fill(batches)
  const later = takeOver(batches)
  recover(later)
  assert.is(fill(later), before)
})

test.run()
