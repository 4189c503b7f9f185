import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CoreYield } from '../../src/deliver/core-yield.js'
import { monotonicNow as now } from '../../src/time/clocks.js'

const test = suite('core yield')

const START_MS = 1_700_000_000_000
/** What others make of a nap. */
const NAP_MS = 0.0625

/** When a thread that pauses between all pieces of work begins its naps, in ms after `START_MS`. */
function naps(utilization: number, piecesMs: readonly number[], napMs = NAP_MS): number[] {
  const begun: number[] = []
  let elapsedMs = 0
  const coreYield = new CoreYield(() => {
    begun.push(elapsedMs)
    elapsedMs += napMs
    return START_MS + elapsedMs
  })
  for (const pieceMs of piecesMs) {
    elapsedMs += pieceMs
    coreYield.pause(START_MS + elapsedMs, utilization)
  }
  return begun
}

test('a thread naps after every half millisecond of short pieces of work', () => {
  assert.equal(naps(0.5, Array(16).fill(0.125)), [0.125, 0.6875, 1.25, 1.8125])
})

test('a nap that others make long is followed by half a millisecond of work all the same', () => {
  assert.equal(naps(0.5, Array(9).fill(0.125), 4), [0.125, 4.625, 9.125])
})

test('a thread naps once after each long piece of work', () => {
  assert.equal(naps(0.5, [2, 2, 2], 0), [2, 4, 6])
})

test('a thread that has no time to spare does not nap, nor does one that is mostly idle', () => {
  assert.equal(naps(0.81, Array(100).fill(0.125)), [])
  assert.equal(naps(0.19, Array(100).fill(0.125)), [])
})

test('whatever the pieces, there is half a millisecond from one nap to the next', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 2, noNaN: true })), (pieces) => {
      const begun = naps(0.5, pieces)
      // The time of day has a resolution of less than a microsecond.
      for (const [index, atMs] of begun.entries()) assert.ok(atMs - (begun[index - 1] ?? -1) - NAP_MS > 0.499)
    }),
  )
})

test('the nap of a thread comes to its end', () => {
  new CoreYield().pause(now(), 0.5)
})

test.run()
