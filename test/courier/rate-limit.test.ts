import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { TokenBucket } from '../../src/courier/rate-limit.js'

const test = suite('token bucket')

const LIMIT = { requests: 3, perMs: 900 }
const anyLimit = fc.record({ requests: fc.integer({ min: 1, max: 10 }), perMs: fc.integer({ min: 1, max: 5000 }) })

test('gives its whole burst at once', () => {
  const bucket = new TokenBucket(LIMIT, 1000)
  assert.equal(
    [1, 2, 3].map(() => bucket.take(1000)),
    [0, 0, 0],
  )
})

test('says when there will be another', () => {
  const bucket = new TokenBucket(LIMIT, 1000)
  for (const _ of [1, 2, 3]) bucket.take(1000)
  assert.is(bucket.take(1000), 1300)
})

test('has another at the time that it said', () => {
  fc.assert(
    fc.property(anyLimit, fc.double({ min: 0, max: 1e9, noNaN: true }), (limit, startMs) => {
      const bucket = new TokenBucket(limit, startMs)
      let nowMs = startMs
      let waits = 0
      for (let taken = 0; taken < limit.requests * 3; waits++) {
        const untilMs = bucket.take(nowMs)
        if (untilMs === 0) taken += 1
        else nowMs = untilMs
      }
      assert.ok(waits <= limit.requests * 8, `${waits} tries`)
    }),
  )
})

test('saves up no more than a burst', () => {
  const bucket = new TokenBucket(LIMIT, 0)
  const taken = [1, 2, 3, 4].map(() => bucket.take(1_000_000) === 0)
  assert.equal(taken, [true, true, true, false])
})

test('does not fill up when the clock goes back', () => {
  const bucket = new TokenBucket(LIMIT, 1000)
  for (const _ of [1, 2, 3]) bucket.take(1000)
  bucket.take(100)
  assert.ok(bucket.take(1000) > 0)
})

test('never gives more in any window than its requests and the burst', () => {
  const waits = fc.array(fc.nat(2000), { maxLength: 200 })
  fc.assert(
    fc.property(anyLimit, waits, (limit, gaps) => {
      const bucket = new TokenBucket(limit, 0)
      const taken: number[] = []
      let nowMs = 0
      for (const gapMs of gaps) {
        nowMs += gapMs
        while (bucket.take(nowMs) === 0) taken.push(nowMs)
      }
      const mostInAWindow = Math.max(
        0,
        ...taken.map((fromMs) => taken.filter((atMs) => atMs >= fromMs && atMs < fromMs + limit.perMs).length),
      )
      assert.ok(mostInAWindow <= 2 * limit.requests, `${mostInAWindow} in ${limit.perMs} ms`)
    }),
  )
})

test('does when it is full what a new one would do', () => {
  const gaps = fc.array(fc.nat(2000), { maxLength: 60 })
  let fills = 0
  fc.assert(
    fc.property(anyLimit, gaps, fc.nat(10_000), gaps, (limit, before, idleMs, after) => {
      const bucket = new TokenBucket(limit, 0)
      let nowMs = 0
      for (const gapMs of before) {
        nowMs += gapMs
        bucket.take(nowMs)
      }
      nowMs += idleMs
      if (!bucket.isFull(nowMs)) return
      fills += 1
      const other = new TokenBucket(limit, nowMs)
      for (const gapMs of [0, ...after]) {
        nowMs += gapMs
        assert.is(bucket.take(nowMs), other.take(nowMs))
      }
    }),
  )
  assert.ok(fills > 0)
})

test('is not full while a token is missing', () => {
  const bucket = new TokenBucket(LIMIT, 1000)
  bucket.take(1000)
  assert.equal([bucket.isFull(1299), bucket.isFull(1300)], [false, true])
})

test('goes on with as many tokens as another had that is full at the same time', () => {
  const one = new TokenBucket(LIMIT, 1000)
  one.take(1000)
  one.take(1000)
  const other = new TokenBucket(LIMIT, 1100)
  other.refillAt(one.fullAtMs(1100))
  assert.equal([one.fullAtMs(1100), other.take(1100), Math.floor(other.take(1100) / 10)], [1600, 0, 130])
})

test.run()
