import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SlabId } from '../../src/arena/arena-memory.js'
import { Flushes } from '../../src/deliver/flushes.js'

const test = suite('flushes')

const ARENA_BYTES = 4096
const LINE_BYTES = 64

const slabs = (...lines: readonly number[]) => lines.map((line) => (line * LINE_BYTES) as SlabId)

/** The names of the flushes that are done after these batches have settled. */
function doneAfter(flushes: Readonly<Record<string, readonly SlabId[]>>, settled: readonly SlabId[]): string[] {
  const waiting = new Flushes(ARENA_BYTES)
  const done: string[] = []
  for (const [name, batches] of Object.entries(flushes)) waiting.add(batches, () => done.push(name))
  for (const slab of settled) waiting.settled(slab)
  return done
}

test('are done at once when there is nothing to wait for', () => {
  assert.equal(doneAfter({ a: [] }, []), ['a'])
})

test('wait for the last of their batches', () => {
  assert.equal(doneAfter({ a: slabs(1, 2) }, slabs(1)), [])
})

test('are done when the last of their batches has settled, in whatever order', () => {
  assert.equal(doneAfter({ a: slabs(1, 2, 3) }, slabs(3, 1, 2)), ['a'])
})

test('wait each for its own batches', () => {
  assert.equal(doneAfter({ a: slabs(1, 2), b: slabs(2) }, slabs(2)), ['b'])
})

test('are done once', () => {
  assert.equal(doneAfter({ a: slabs(1) }, slabs(1, 1)), ['a'])
})

test('pay no heed to batches that nobody waits for', () => {
  assert.equal(doneAfter({ a: slabs(1) }, slabs(5)), [])
})

test('may be followed by another when they are done', () => {
  const flushes = new Flushes(ARENA_BYTES)
  const done: string[] = []
  const [first, second] = slabs(1, 2)
  flushes.add(first === undefined ? [] : [first], () => {
    flushes.add(second === undefined ? [] : [second], () => done.push('second'))
  })
  for (const slab of slabs(1, 2)) flushes.settled(slab)
  assert.equal(done, ['second'])
})

test.run()
