import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Allocator } from '../../src/arena/allocator.js'
import { ArenaMemory, type SlabId } from '../../src/arena/arena-memory.js'
import { type Region, regionsOf, SlabState, SlabWord, slabSizes } from '../../src/arena/layout.js'
import { dirtyArena, TINY } from './support/arenas.js'

const test = suite('arena allocator')

/** Slabs from a fiftieth of a unit to two units, and a part of its own for each class but the smallest two. */
const SHAPE = { pageBytes: 32_768, pages: 5, reserveBytes: 0 }
const SIZES = slabSizes(SHAPE.pageBytes)
const CLASSES = [...SIZES.keys()]
const SMALL = 0

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

function blocksOf({ memory }: Allocator): { readonly unit: number; readonly sizeClass: number }[] {
  const blocks = []
  for (let unit = 0; unit < memory.units; unit += memory.unitsAt(unit)) {
    if (memory.classOf(unit) >= 0) blocks.push({ unit, sizeClass: memory.classOf(unit) })
  }
  return blocks
}

function isIn({ from, to }: Region, unit: number): boolean {
  return unit >= from && unit < to
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

test('used bytes are those of the blocks with a slab in use', () => {
  holds((allocator, taken) => {
    const { memory, totalBytes, usedBytes, freeBytes } = allocator
    const blocks = new Map(taken.map((slab) => [memory.unitOf(slab), memory.unitsAt(memory.unitOf(slab))]))
    const bytes = [...blocks.values()].reduce((sum, units) => sum + units * memory.unitBytes, 0)
    assert.equal([usedBytes, freeBytes], [bytes, totalBytes - bytes])
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

test('the free slabs of each class are those of its blocks that are not taken', () => {
  holds((allocator) => {
    const { memory, usedByClass, freeByClass } = allocator
    const owners = blocksOf(allocator).map(({ sizeClass }) => sizeClass)
    const expected = memory.sizes.map((_, sizeClass) => {
      const owned = owners.filter((owner) => owner === sizeClass).length
      return owned * memory.slabsPerBlock(sizeClass) - (usedByClass[sizeClass] ?? 0)
    })
    assert.equal(freeByClass, expected)
  })
})

/** Plays the commands. @returns the allocator after the last */
function after(commands: readonly Command[]): Allocator {
  let last = create()
  play(commands, (allocator) => {
    last = allocator
  })
  return last
}

const anyCommands = fc.array(anyCommand, { maxLength: 200, size: 'max' })

test('finds no room only when slabs of the very class fill what it has for itself', () => {
  fc.assert(
    fc.property(anyCommands, fc.constantFrom(...CLASSES), (commands, sizeClass) => {
      const allocator = after(commands)
      const { memory } = allocator
      const own = regionsOf(SHAPE).own[sizeClass]
      if (allocator.allocate(sizeClass) !== null || own === undefined) return
      const slabs = used(allocator).filter((slab) => isIn(own, memory.unitOf(slab)))
      const capacity = ((own.to - own.from) / memory.unitsOf(sizeClass)) * memory.slabsPerBlock(sizeClass)
      assert.is(slabs.length, capacity)
    }),
    { numRuns: 500 },
  )
})

test('finds room for a slab of a unit or less as long as any of the bytes that all share is free', () => {
  fc.assert(
    fc.property(anyCommands, fc.constantFrom(...CLASSES.slice(0, -1)), (commands, sizeClass) => {
      const allocator = after(commands)
      const ownBytes =
        regionsOf(SHAPE).own.reduce((sum, { from, to }) => sum + to - from, 0) * allocator.memory.unitBytes
      return allocator.freeBytes <= ownBytes || allocator.allocate(sizeClass) !== null
    }),
    { numRuns: 500 },
  )
})

test('all classes take from what they share first, and only the class itself from its own part', () => {
  holds((allocator) => {
    const { common, own } = regionsOf(SHAPE)
    const misplaced = blocksOf(allocator).filter(({ unit, sizeClass }) => {
      const part = own[sizeClass]
      return !isIn(common, unit) && (part === undefined || !isIn(part, unit))
    })
    assert.equal(misplaced, [])
  })
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
    () => create().classFor(32_769),
    (error: unknown) => error instanceof RangeError,
  )
})

test('each class after another takes all but what the others have for themselves', () => {
  const allocator = create()
  const { memory } = allocator
  const counts = [...CLASSES, ...CLASSES].map((sizeClass) => {
    const slabs = fill(allocator, sizeClass)
    for (const slab of slabs) allocator.release(slab)
    return slabs.length
  })
  const { common, own } = regionsOf(SHAPE)
  const expected = CLASSES.map((sizeClass) => {
    const blocks = [common, own[sizeClass] ?? common].map(({ from, to }) =>
      Math.floor((to - from) / memory.unitsOf(sizeClass)),
    )
    return blocks.reduce((sum, count) => sum + count * memory.slabsPerBlock(sizeClass), 0)
  })
  assert.equal(counts, [...expected, ...expected])
})

test('a class keeps one empty block for its next slab', () => {
  const allocator = create()
  for (const slab of fill(allocator, SMALL)) allocator.release(slab)
  assert.is(allocator.freeByClass[SMALL], allocator.memory.slabsPerBlock(SMALL))
})

test('a small slab that is left in each block keeps no other class from its own part', () => {
  const shape = { pageBytes: 512 * 1024, pages: 32, reserveBytes: 0 }
  const allocator = create(shape)
  const { memory, sizes } = allocator
  const kept = new Set<number>()
  for (const slab of fill(allocator, SMALL)) {
    const block = memory.unitOf(slab)
    if (kept.has(block)) allocator.release(slab)
    kept.add(block)
  }
  const others = [...sizes.keys()].filter((sizeClass) => sizeClass !== SMALL)
  const found = others.map((sizeClass) => fill(allocator, sizeClass).length)
  const { own } = regionsOf(shape)
  const expected = others.map((sizeClass) => {
    const { from, to } = own[sizeClass] ?? { from: 0, to: 0 }
    return ((to - from) / memory.unitsOf(sizeClass)) * memory.slabsPerBlock(sizeClass)
  })
  assert.equal(found, expected)
})

test('a slab that is left leaves the rest of its page to others', () => {
  const allocator = create({ pageBytes: 512 * 1024, pages: 8, reserveBytes: 0 })
  allocate(allocator, SMALL)
  assert.is(allocator.usedBytes, allocator.memory.unitBytes)
})

test('a block that a new thread finds empty belongs to no class', () => {
  const allocator = create(TINY)
  allocator.release(allocate(allocator, SMALL))
  const later = new Allocator(allocator.memory)
  assert.is(Math.max(...later.freeByClass), 0)
})

test('is crowded while more than a quarter of it is in use', () => {
  const allocator = create()
  while (allocator.usedBytes * 4 <= allocator.totalBytes) {
    assert.not(allocator.isCrowded)
    allocate(allocator, SMALL)
  }
  assert.ok(allocator.isCrowded)
  for (const slab of used(allocator).slice(1)) allocator.release(slab)
  assert.not(allocator.isCrowded)
})

test.run()
