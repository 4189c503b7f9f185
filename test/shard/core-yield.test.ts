import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CoreYield } from '../../src/shard/core-yield.js'

const test = suite('core yield')

const START_MS = 1_700_000_000_000

/** When a thread that pauses between all pieces of work naps, in ms after `START_MS`. */
function naps(utilization: number, piecesMs: readonly number[]): number[] {
  const taken: number[] = []
  let nowMs = 0
  const coreYield = new CoreYield(() => taken.push(nowMs))
  for (const pieceMs of piecesMs) {
    nowMs += pieceMs
    coreYield.pause(START_MS + nowMs, utilization)
  }
  return taken
}

test('a thread naps after every half millisecond of short pieces of work', () => {
  assert.equal(naps(0.5, Array(16).fill(0.125)), [0.125, 0.625, 1.125, 1.625])
})

test('a thread naps once after each long piece of work', () => {
  assert.equal(naps(0.5, [2, 2, 2]), [2, 4, 6])
})

test('a thread that has no time to spare does not nap', () => {
  assert.equal(naps(0.81, Array(100).fill(0.125)), [])
})

test('whatever the pieces, naps are half a millisecond apart at least', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 2, noNaN: true })), (pieces) => {
      const taken = naps(0, pieces)
      // The time of day has a resolution of less than a microsecond.
      for (const [index, atMs] of taken.entries()) assert.ok(atMs - (taken[index - 1] ?? -1) > 0.499)
    }),
  )
})

test('the nap of a thread comes to its end', () => {
  new CoreYield().pause(START_MS, 0)
})

test.run()
