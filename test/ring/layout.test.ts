import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import {
  ALIGNMENT,
  align,
  Control,
  createRing,
  distance,
  MAX_RING_BYTES,
  MIN_RING_BYTES,
} from '../../src/ring/layout.js'
import { RingMemory } from '../../src/ring/ring-memory.js'

const test = suite('ring layout')
const CACHE_LINE_WORDS = 16

test('a new ring has the capacity that was asked for', () => {
  assert.is(new RingMemory(createRing(MIN_RING_BYTES)).capacity, MIN_RING_BYTES)
})

for (const bytes of [
  0,
  -65_536,
  MIN_RING_BYTES / 2,
  MIN_RING_BYTES + 8,
  100_000,
  65_536.5,
  Number.NaN,
  MAX_RING_BYTES * 2,
]) {
  test(`a ring of ${bytes} bytes is refused`, () => {
    assert.throws(
      () => createRing(bytes),
      (error: unknown) => error instanceof RangeError,
    )
  })
}

test('the distance of two positions is right on both sides of 2³²', () => {
  const position = fc.integer({ min: 0, max: 2 ** 32 - 1 })
  fc.assert(
    fc.property(position, fc.integer({ min: 0, max: MAX_RING_BYTES }), (from, bytes) => {
      const to = (from + bytes) % 2 ** 32
      return distance(from, to) === bytes && distance(from | 0, to | 0) === bytes
    }),
  )
})

test('sizes are rounded up to the alignment', () => {
  assert.equal([0, 1, 8, 9, 16].map(align), [0, ALIGNMENT, ALIGNMENT, 2 * ALIGNMENT, 2 * ALIGNMENT])
})

test('words with different writers lie on different cache lines', () => {
  const lineOf = (word: number) => Math.floor(word / CACHE_LINE_WORDS)
  const lines = [Control.Tail, Control.Head, Control.Doorbell, Control.ArenaFull, Control.Subscriptions].map(lineOf)
  assert.is(new Set(lines).size, lines.length)
})

test.run()
