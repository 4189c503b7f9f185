import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ArenaMemory, type SlabId } from '../../src/arena/arena-memory.js'
import {
  arenaShape,
  createArena,
  DELIVERY_ID_WORDS,
  RESERVE_HEADER_BYTES,
  regionsOf,
  SLAB_HEADER_BYTES,
  SlabWord,
  slabSizes,
  unitBytesFor,
  unitTableBytes,
} from '../../src/arena/layout.js'
import { MIN_PAGE_BYTES, pageBytesFor } from '../../src/page-bytes.js'
import { MAX_SIZE_CLASSES } from '../../src/stats/layout.js'

const test = suite('arena layout')
const anyBody = fc.integer({ min: 1, max: 2 ** 26 })

test('a page holds the longest body with its header', () => {
  fc.assert(fc.property(anyBody, (bytes) => pageBytesFor(bytes) >= bytes + SLAB_HEADER_BYTES))
})

test('a page is the smallest power of two that will do', () => {
  fc.assert(
    fc.property(anyBody, (bytes) => {
      const page = pageBytesFor(bytes)
      return Number.isInteger(Math.log2(page)) && (page === MIN_PAGE_BYTES || page / 2 < bytes + 1024)
    }),
  )
})

test('slabs have sizes of whole cache lines, each larger than the one before, the last a whole page', () => {
  fc.assert(
    fc.property(anyBody, (bytes) => {
      const page = pageBytesFor(bytes)
      const sizes = slabSizes(page)
      return sizes.at(-1) === page && sizes.every((size, index) => size % 64 === 0 && size > (sizes[index - 1] ?? 0))
    }),
  )
})

test('slabs of every size fill a unit, or units, but for less than a hundredth of it', () => {
  fc.assert(
    fc.property(anyBody, (bytes) => {
      const page = pageBytesFor(bytes)
      const unit = unitBytesFor(page)
      return slabSizes(page).every((size) => (size < unit ? (unit % size) * 100 < unit : size % unit === 0))
    }),
  )
})

const anyShape = fc.record({
  pageBytes: fc.integer({ min: 12, max: 24 }).map((power) => 2 ** power),
  pages: fc.integer({ min: 0, max: 200 }),
  reserveBytes: fc.constant(0),
})

test('the parts of an arena lie side by side, each where blocks of its class can begin', () => {
  fc.assert(
    fc.property(anyShape, (shape) => {
      const { common, own } = regionsOf(shape)
      const unit = unitBytesFor(shape.pageBytes)
      const sizes = slabSizes(shape.pageBytes)
      const ends = [common, ...own].map(({ to }) => to)
      const starts = [common, ...own].map(({ from }) => from)
      assert.equal([starts, ends.at(-1)], [[0, ...ends.slice(0, -1)], (shape.pages * shape.pageBytes) / unit])
      assert.ok(
        own.every(
          ({ from, to }, index) =>
            ((from * unit) % (sizes[index] ?? 1) === 0 || (sizes[index] ?? 1) < unit) && from <= to,
        ),
      )
    }),
  )
})

test('every class has a part of its own in an arena of eight pages of which a quarter is the reserve', () => {
  fc.assert(
    fc.property(anyBody, (bytes) => {
      const pageBytes = pageBytesFor(bytes)
      return regionsOf({ pageBytes, pages: 6, reserveBytes: 2 * pageBytes }).own.every(({ from, to }) => to > from)
    }),
  )
})

test('there are no more sizes of slabs than can be reported', () => {
  fc.assert(fc.property(anyBody, (bytes) => slabSizes(pageBytesFor(bytes)).length <= MAX_SIZE_CLASSES))
})

const anyRing = fc.integer({ min: 16, max: 22 }).map((power) => 2 ** power)

test('an arena never takes more memory than it was given, tables aside, and leaves less than a page of it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 ** 24 }),
      fc.integer({ min: 1, max: 2 ** 20 }),
      anyRing,
      (arenaBytes, maxBody, ring) => {
        const { pages, pageBytes, reserveBytes } = arenaShape(arenaBytes, maxBody, ring)
        const taken = pages * pageBytes + reserveBytes
        return taken <= arenaBytes && arenaBytes < taken + pageBytes
      },
    ),
  )
})

test('the reserve has the size of the ring, or the largest power of two within a quarter of the arena', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2 ** 19, max: 2 ** 24 }), anyRing, (arenaBytes, ring) => {
      const { reserveBytes } = arenaShape(arenaBytes, 1, ring)
      return reserveBytes === ring || (reserveBytes * 4 <= arenaBytes && reserveBytes * 8 > arenaBytes)
    }),
  )
})

test('its memory is the unit table, the units and the reserve', () => {
  const shape = { pageBytes: MIN_PAGE_BYTES, pages: 17, reserveBytes: 4096 }
  assert.is(createArena(shape).byteLength, unitTableBytes(shape) + 17 * MIN_PAGE_BYTES + RESERVE_HEADER_BYTES + 4096)
})

test('every slab has a place of its own, within its block', () => {
  const shape = { pageBytes: MIN_PAGE_BYTES, pages: 3, reserveBytes: 0 }
  const memory = new ArenaMemory(createArena(shape), shape)
  const misplaced = []
  for (const sizeClass of memory.sizes.keys()) {
    for (let unit = 0; unit < memory.units; unit += memory.unitsOf(sizeClass)) {
      for (let index = 0; index < memory.slabsPerBlock(sizeClass); index++) {
        const slab = memory.slabAt(unit, sizeClass, index)
        const last = slab + memory.sizeOf(sizeClass) - 1
        const isInBlock =
          memory.unitOf(slab) === unit && memory.unitOf(last as SlabId) < unit + memory.unitsOf(sizeClass)
        const isRight = memory.indexOf(slab, sizeClass) === index && slab % 64 === 0
        if (!isInBlock || !isRight) misplaced.push({ unit, sizeClass, index })
      }
    }
  }
  assert.equal(misplaced, [])
})

test('a header has room for its last word', () => {
  assert.ok((SlabWord.DeliveryId + DELIVERY_ID_WORDS) * 4 <= SLAB_HEADER_BYTES)
})

test('times in a header lie where a double can be read', () => {
  const times = [SlabWord.FirstEventAt, SlabWord.SealedAt, SlabWord.FirstAttemptAt, SlabWord.LastAttemptAt]
  assert.ok(times.every((word) => word % 2 === 0))
})

test.run()
