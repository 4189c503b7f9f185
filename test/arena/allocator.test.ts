import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Allocator } from '../../src/arena/allocator.js'
import { ArenaMemory, type SlabId } from '../../src/arena/arena-memory.js'
import { SlabState, SlabWord, slabSizes } from '../../src/arena/layout.js'
import { dirtyArena, TINY } from './support/arenas.js'

const test = suite('arena allocator')

const SHAPE = { pageBytes: 16_384, pages: 5 }
const SIZES = slabSizes(SHAPE.pageBytes)
const CLASSES = [...SIZES.keys()]
const SMALL = 0
const LARGEST = SIZES.length - 1

const anyCommand = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('allocate' as const), sizeClass: fc.constantFrom(...CLASSES) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('release' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rebuild' as const) }) },
)
type Command = typeof anyCommand extends fc.Arbitrary<infer Value> ? Value : never

function create(shape = SHAPE): Allocator {
  return new Allocator(new ArenaMemory(dirtyArena(shape), shape))
}

function allocate(allocator: Allocator, sizeClass: number): SlabId {
  const slab = allocator.allocate(sizeClass)
  if (slab === null) throw new Error('the arena has no room for the slab of the test')
  return slab
}

function fill(allocator: Allocator, sizeClass: number): SlabId[] {
  const slabs: SlabId[] = []
  for (let slab = allocator.allocate(sizeClass); slab !== null; slab = allocator.allocate(sizeClass)) slabs.push(slab)
  return slabs
}

function stateOf({ memory }: Allocator, slab: SlabId): number {
  return Atomics.load(memory.words, (slab >>> 2) + SlabWord.State)
}

function used(allocator: Allocator): SlabId[] {
  const slabs: SlabId[] = []
  allocator.memory.forEachUsed((slab) => slabs.push(slab))
  return slabs.sort((a, b) => a - b)
}

/** Plays the commands; `check` sees the allocator and the slabs that must be in use after each. */
function play(commands: readonly Command[], check: (allocator: Allocator, taken: readonly SlabId[]) => void): void {
  let allocator = create()
  const taken: SlabId[] = []
  for (const command of commands) {
    if (command.kind === 'allocate') {
      const slab = allocator.allocate(command.sizeClass)
      if (slab !== null) taken.push(slab)
    } else if (command.kind === 'release') {
      const [slab] = taken.splice(command.pick % Math.max(taken.length, 1), 1)
      if (slab !== undefined) allocator.release(slab)
    } else {
      allocator = new Allocator(allocator.memory)
    }
    check(allocator, taken)
  }
}

function holds(check: (allocator: Allocator, taken: readonly SlabId[]) => void): void {
  fc.assert(fc.property(fc.array(anyCommand, { maxLength: 120 }), (commands) => play(commands, check)))
}

test('no two slabs overlap', () => {
  holds((allocator, taken) => {
    const sorted = taken.toSorted((a, b) => a - b)
    const overlapping = sorted.filter((slab, index) => {
      const next = sorted[index + 1]
      return next !== undefined && slab + allocator.memory.slabBytes(slab) > next
    })
    assert.equal(overlapping, [])
  })
})

test('what is in use is what was taken and not given back, also for a thread that comes later', () => {
  holds((allocator, taken) => {
    const expected = taken.toSorted((a, b) => a - b)
    const later = new Allocator(new ArenaMemory(allocator.memory.shared.slice(0), SHAPE))
    assert.equal([used(allocator), used(later)], [expected, expected])
  })
})

test('used bytes are the sizes of the slabs in use', () => {
  holds((allocator, taken) => {
    const bytes = taken.reduce((sum, slab) => sum + allocator.memory.slabBytes(slab), 0)
    assert.equal([allocator.usedBytes, allocator.freeBytes], [bytes, allocator.totalBytes - bytes])
  })
})

test('usage counts the slabs of each class', () => {
  holds((allocator, taken) => {
    const expected = allocator.memory.sizes.map(
      (size) => taken.filter((slab) => allocator.memory.slabBytes(slab) === size).length,
    )
    assert.equal(allocator.usedByClass, expected)
  })
})

test('the free slabs of each class are those of its pages that are not taken', () => {
  holds((allocator) => {
    const { memory, usedByClass, freeByClass } = allocator
    const pages = Array.from({ length: memory.shape.pages }, (_, page) => memory.classOf(page))
    const expected = memory.sizes.map((_, sizeClass) => {
      const owned = pages.filter((owner) => owner === sizeClass).length
      return owned * memory.slabsPerPage(sizeClass) - (usedByClass[sizeClass] ?? 0)
    })
    assert.equal(freeByClass, expected)
  })
})

test('is refused only when no page is empty and none of its class has a free slab', () => {
  fc.assert(
    fc.property(fc.array(anyCommand, { maxLength: 120 }), fc.constantFrom(...CLASSES), (commands, sizeClass) => {
      let last = create()
      play(commands, (allocator) => {
        last = allocator
      })
      const { memory } = last
      const pages = Array.from({ length: SHAPE.pages }, (_, page) => ({
        isEmpty: used(last).every((slab) => memory.pageOf(slab) !== page),
        isOfClass: memory.classOf(page) === sizeClass,
        used: used(last).filter((slab) => memory.pageOf(slab) === page).length,
      }))
      const hasRoom = pages.some(({ isEmpty, isOfClass, used: count }) => {
        return isEmpty || (isOfClass && count < memory.slabsPerPage(sizeClass))
      })
      return (last.allocate(sizeClass) !== null) === hasRoom
    }),
  )
})

test('a new slab is claimed', () => {
  const allocator = create()
  assert.is(stateOf(allocator, allocate(allocator, SMALL)), SlabState.Claimed)
})

test('a slab that was given back is free', () => {
  const allocator = create()
  const slab = allocate(allocator, SMALL)
  allocator.release(slab)
  assert.is(stateOf(allocator, slab), SlabState.Free)
})

test('the smallest class that is large enough is chosen', () => {
  const allocator = create()
  assert.equal(
    SIZES.map((size) => [allocator.classFor(size - 1), allocator.classFor(size)]),
    CLASSES.map((sizeClass) => [sizeClass, sizeClass]),
  )
  assert.is(allocator.classFor(1), SMALL)
})

test('a slab that no class has is an error', () => {
  assert.throws(
    () => create().classFor(16_385),
    (error: unknown) => error instanceof RangeError,
  )
})

test('the whole arena can be taken by one class after another', () => {
  const allocator = create()
  const counts = [...CLASSES, ...CLASSES].map((sizeClass) => {
    const slabs = fill(allocator, sizeClass)
    for (const slab of slabs) allocator.release(slab)
    return slabs.length
  })
  const expected = SIZES.map((size) => Math.floor(SHAPE.pageBytes / size) * SHAPE.pages)
  assert.equal(counts, [...expected, ...expected])
})

test('a class keeps one empty page for its next slab', () => {
  const allocator = create()
  for (const slab of fill(allocator, SMALL)) allocator.release(slab)
  assert.is(allocator.freeByClass[SMALL], allocator.memory.slabsPerPage(SMALL))
})

test('one slab keeps no more than its page from another class', () => {
  const allocator = create()
  const [kept, ...others] = fill(allocator, SMALL)
  for (const slab of others) allocator.release(slab)
  assert.equal([kept !== undefined, fill(allocator, LARGEST).length], [true, SHAPE.pages - 1])
})

test('a page that a new thread finds empty belongs to no class', () => {
  const allocator = create(TINY)
  allocator.release(allocate(allocator, SMALL))
  const later = new Allocator(allocator.memory)
  assert.is(Math.max(...later.freeByClass), 0)
})

test.run()
