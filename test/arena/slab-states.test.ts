import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ArenaMemory } from '../../src/arena/arena-memory.js'
import type { Batches } from '../../src/arena/batches.js'
import { SlabState } from '../../src/arena/layout.js'
import { batchesIn, dirtyArena, openBatch, plantState } from './support/arenas.js'

const test = suite('slab states')

const SHAPE = { pageBytes: 4096, pages: 8, reserveBytes: 0 }
const STATES = Object.entries(SlabState)

function create(): Batches {
  return batchesIn(new ArenaMemory(dirtyArena(SHAPE), SHAPE))
}

/** The states that a slab may enter from this one, in production's own check. */
function following(state: SlabState): string[] {
  return STATES.filter(([, next]) => {
    const batches = create()
    const slab = openBatch(batches, ['1'])
    plantState(batches, slab, state)
    try {
      batches.slabs.setState(slab, next)
      return true
    } catch {
      return false
    }
  }).map(([name]) => name)
}

for (const [name, state, allowed] of [
  ['free', SlabState.Free, ['Claimed']],
  ['claimed', SlabState.Claimed, ['Free', 'Open', 'Sealed', 'Dead', 'Held', 'Quarantined']],
  ['open', SlabState.Open, ['Free', 'Sealed', 'Quarantined']],
  ['sealed', SlabState.Sealed, ['Free', 'InFlight', 'Dead', 'Quarantined', 'Settled', 'Left', 'Parked']],
  ['in flight', SlabState.InFlight, ['Free', 'Sealed', 'Dead', 'Quarantined', 'Settled', 'Left']],
  ['dead', SlabState.Dead, ['Free', 'Sealed', 'Quarantined', 'Settled', 'Left']],
  ['held', SlabState.Held, ['Free', 'Quarantined']],
  ['quarantined', SlabState.Quarantined, []],
  ['settled', SlabState.Settled, ['Free', 'Quarantined']],
  ['left', SlabState.Left, ['Free', 'Quarantined']],
  ['parked', SlabState.Parked, ['Free', 'Sealed', 'Quarantined']],
] as const) {
  test(`a slab that is ${name} becomes only what the picture shows`, () => {
    assert.equal(following(state), allowed)
  })
}

test('a slab that is given back twice is an error that names it and both states', () => {
  const batches = create()
  const slab = openBatch(batches, ['1'])
  batches.allocator.release(slab)
  assert.throws(() => batches.allocator.release(slab), `slab ${slab} may not go from Free to Free`)
})

test('a slab that was set aside is never given back', () => {
  const batches = create()
  const slab = openBatch(batches, ['1'])
  batches.slabs.setState(slab, SlabState.Quarantined)
  assert.throws(() => batches.allocator.release(slab), 'from Quarantined to Free')
})

test('a slab of an unknown state can only be set aside', () => {
  const batches = create()
  const slab = openBatch(batches, ['1'])
  plantState(batches, slab, 99)
  assert.throws(() => batches.slabs.setState(slab, SlabState.Sealed), 'from the unknown state 99 to Sealed')
  assert.not.throws(() => batches.slabs.setState(slab, SlabState.Quarantined))
})

test('an open batch cannot be attempted', () => {
  const batches = create()
  const slab = openBatch(batches, ['1'])
  assert.throws(() => batches.startAttempt(slab, 0), 'from Open to InFlight')
})

test.run()
