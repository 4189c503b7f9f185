import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ConcurrencyLimit } from '../../src/courier/concurrency-limit.js'

const test = suite('concurrency limit')

/** A limit that was used to the full, with these utilizations of the event loop. */
function limitAfter(max: number, utilizations: readonly number[]): ConcurrencyLimit {
  const limit = new ConcurrencyLimit(max, 0)
  for (const utilization of utilizations) limit.update(utilization, limit.current, limit.updateAtMs)
  return limit
}

const repeat = (utilization: number, times: number) => Array.from({ length: times }, () => utilization)

test('begins with few requests at once', () => {
  assert.is(new ConcurrencyLimit(1024, 0).current, 64)
})

test('grows to the most there may be while the thread has time', () => {
  assert.is(limitAfter(1024, repeat(0.2, 20)).current, 1024)
})

test('shrinks while the thread has none, but not below what keeps it busy', () => {
  assert.is(limitAfter(1024, [...repeat(0.2, 20), ...repeat(1, 20)]).current, 64)
})

test('does not grow while less is used', () => {
  const limit = new ConcurrencyLimit(1024, 0)
  limit.update(0.2, 63, 20)
  assert.is(limit.current, 64)
})

test('does not keep what is not used', () => {
  const limit = limitAfter(1024, repeat(0.2, 20))
  for (let times = 0; times < 20; times++) limit.update(0.2, 10, limit.updateAtMs)
  assert.is(limit.current, 64)
})

test('stays as it is in between', () => {
  const before = limitAfter(1024, repeat(0.2, 3)).current
  assert.is(limitAfter(1024, [...repeat(0.2, 3), ...repeat(0.9, 50)]).current, before)
})

test('never exceeds a limit that is configured lower than its own least', () => {
  assert.is(limitAfter(4, repeat(0.2, 20)).current, 4)
})

test('tells when it grows next', () => {
  const limit = new ConcurrencyLimit(1024, 100)
  assert.is(limit.growsAtMs, 120)
})

test('asks for nothing once it has grown up', () => {
  assert.is(limitAfter(1024, repeat(0, 20)).growsAtMs, Number.POSITIVE_INFINITY)
})

test('is a whole number from 1 to its maximum, whatever the thread does', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (max, all) => {
      const { current } = limitAfter(max, all)
      assert.ok(Number.isInteger(current) && current >= 1 && current <= max, `${current} of ${max}`)
    }),
  )
})

test.run()
