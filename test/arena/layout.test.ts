import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ArenaMemory, type SlabId } from '../../src/arena/arena-memory.js'
import {
  arenaShape,
  createArena,
  DELIVERY_ID_WORDS,
  MIN_PAGE_BYTES,
  pageBytesFor,
  pageTableBytes,
  SLAB_HEADER_BYTES,
  SlabWord,
  slabSizes,
} from '../../src/arena/layout.js'
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

test('slabs of every size fill a page but for less than a hundredth of it', () => {
  fc.assert(
    fc.property(anyBody, (bytes) => {
      const page = pageBytesFor(bytes)
      return slabSizes(page).every((size) => (page % size) * 100 < page)
    }),
  )
})

test('there are no more sizes of slabs than can be reported', () => {
  fc.assert(fc.property(anyBody, (bytes) => slabSizes(pageBytesFor(bytes)).length <= MAX_SIZE_CLASSES))
})

test('an arena never takes more memory than it was given, its page table aside', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 24 }), fc.integer({ min: 1, max: 2 ** 20 }), (arenaBytes, maxBody) => {
      const { pages, pageBytes } = arenaShape(arenaBytes, maxBody)
      return pages * pageBytes <= arenaBytes && arenaBytes < (pages + 1) * pageBytes
    }),
  )
})

test('its memory is the page table and the pages', () => {
  const shape = { pageBytes: MIN_PAGE_BYTES, pages: 17 }
  assert.is(createArena(shape).byteLength, pageTableBytes(17) + 17 * MIN_PAGE_BYTES)
})

test('every slab has a place of its own, within its page', () => {
  const memory = new ArenaMemory(createArena({ pageBytes: MIN_PAGE_BYTES, pages: 3 }), {
    pageBytes: MIN_PAGE_BYTES,
    pages: 3,
  })
  const misplaced = []
  for (const page of [0, 1, 2]) {
    for (const sizeClass of memory.sizes.keys()) {
      for (let index = 0; index < memory.slabsPerPage(sizeClass); index++) {
        const slab = memory.slabAt(page, sizeClass, index)
        const end = slab + memory.sizeOf(sizeClass)
        const isInPage = memory.pageOf(slab) === page && memory.pageOf((end - 1) as SlabId) === page
        const isRight = memory.indexOf(slab, sizeClass) === index && slab % 64 === 0
        if (!isInPage || !isRight) misplaced.push({ page, sizeClass, index })
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
