import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decideRetry, type FailedAttempt } from '../../src/courier/retry-policy.js'
import { RETRY } from './support/rig.js'

const test = suite('retry policy')

const FIRST: FailedAttempt = { attempts: 1, firstAttemptAtMs: 1000, nowMs: 1000, retryAfterMs: null }

function atMs(failed: Partial<FailedAttempt>, random: number, config = RETRY): number | null {
  const decision = decideRetry(config, { ...FIRST, ...failed }, random)
  return decision.kind === 'again' ? decision.atMs : null
}

test('waits between nothing and the doubled backoff, up to its bound', () => {
  const attempts = fc.integer({ min: 1, max: 2000 })
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(attempts, random, (made, jitter) => {
      const waitMs = (atMs({ attempts: made }, jitter) ?? -1) - FIRST.nowMs
      const longestMs = Math.min(RETRY.initialBackoffMs * 2 ** (made - 1), RETRY.maxBackoffMs)
      assert.ok(waitMs >= 0 && waitMs <= longestMs, `${waitMs} of ${longestMs} ms`)
    }),
  )
})

test('waits the whole backoff when the jitter is at its most', () => {
  assert.equal(
    [1, 2, 3, 4].map((attempts) => atMs({ attempts }, 0.999_999)),
    [2000, 3000, 5000, 9000],
  )
})

test('tries again at once when the jitter is nothing', () => {
  assert.is(atMs({ attempts: 5 }, 0), FIRST.nowMs)
})

test('waits at least as long as the receiver asked', () => {
  assert.is(atMs({ retryAfterMs: 30_000 }, 0.5), FIRST.nowMs + 30_000)
})

test('waits longer than the receiver asked when the backoff says so', () => {
  assert.is(atMs({ attempts: 7, retryAfterMs: 10 }, 0.5), FIRST.nowMs + 30_000)
})

test('gives up when the receiver asks for more than the budget', () => {
  assert.is(atMs({ retryAfterMs: RETRY.maxElapsedMs + 1 }, 0), null)
})

test('tries once more at the very end of the budget', () => {
  assert.is(atMs({ retryAfterMs: RETRY.maxElapsedMs }, 0), FIRST.firstAttemptAtMs + RETRY.maxElapsedMs)
})

test('never plans an attempt behind the budget', () => {
  fc.assert(
    fc.property(
      fc.nat(400_000),
      fc.nat(20),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (elapsedMs, made, jitter) => {
        const plannedMs = atMs({ attempts: made + 1, nowMs: FIRST.firstAttemptAtMs + elapsedMs }, jitter)
        assert.ok(plannedMs === null || plannedMs <= FIRST.firstAttemptAtMs + RETRY.maxElapsedMs)
      },
    ),
  )
})

test('makes as many attempts as are allowed, the first included', () => {
  const config = { ...RETRY, maxAttempts: 3 }
  const planned = [1, 2, 3].map((attempts) => atMs({ attempts }, 0, config) !== null)
  assert.equal(planned, [true, true, false])
})

test('gives up at once when retries are off', () => {
  assert.is(atMs({}, 0, { ...RETRY, enabled: false }), null)
})

test('says why it gives up', () => {
  const decision = decideRetry({ ...RETRY, maxAttempts: 1 }, FIRST, 0)
  assert.equal(decision, { kind: 'give-up', reason: '1 attempt made' })
})

test.run()
