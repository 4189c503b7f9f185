import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Slice } from '../../src/gather/slice.js'

const test = suite('slice of the ring')

const MOST_RECORDS = 2048

/** How many records a slice has of which each takes so many ms, by its index. */
function recordsOf(tookMs: (index: number) => number): number {
  let nowMs = 1000
  const slice = new Slice(() => nowMs)
  slice.begin(nowMs)
  let records = 0
  let isOver = false
  while (!isOver) {
    nowMs += tookMs(records)
    records += 1
    isOver = slice.isOver()
  }
  return records
}

test('it ends at its number of records when they are cheap', () => {
  assert.is(
    recordsOf(() => 0.001),
    MOST_RECORDS,
  )
})

test('it ends early when records take long', () => {
  assert.ok(recordsOf(() => 0.1) <= 64)
  assert.ok(recordsOf(() => 5) <= 16)
})

test('a thread that does not run for a while reads as many records as one that does', () => {
  assert.is(
    recordsOf((index) => (index === 5 ? 60 : 0.001)),
    MOST_RECORDS,
  )
  assert.is(
    recordsOf((index) => (index % 1000 === 100 ? 60 : 0.001)),
    MOST_RECORDS,
  )
})

test('it ends when one record in twenty takes long', () => {
  assert.ok(recordsOf((index) => (index % 20 === 3 ? 5 : 0.001)) <= 128)
})

test('each slice begins without what the one before has taken', () => {
  let nowMs = 0
  const slice = new Slice(() => nowMs)
  for (let turn = 0; turn < 10; turn++) {
    slice.begin(nowMs)
    for (let record = 0; record < 8; record++) {
      nowMs += 0.4
      assert.is(slice.isOver(), false)
    }
  }
})

test.run()
