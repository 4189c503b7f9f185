import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CircuitBreaker } from '../../src/courier/circuit-breaker.js'
import { BREAKER } from './support/rig.js'

const test = suite('circuit breaker')

const START_MS = 1_700_000_000_000

function record(breaker: CircuitBreaker, results: string, atMs = START_MS): (string | null)[] {
  return [...results].map((result) => breaker.record(result === '+', false, atMs))
}

/** A circuit that opened at `START_MS`. */
function opened(config = BREAKER): CircuitBreaker {
  const breaker = new CircuitBreaker(config)
  record(breaker, '-'.repeat(config.minRequests))
  return breaker
}

/** Lets the probe fail as soon as it may be made. @returns how long the circuit had been open, in ms */
function failProbe(breaker: CircuitBreaker, sinceMs: number): number {
  const atMs = breaker.reopensAtMs
  breaker.pass(atMs)
  breaker.record(false, true, atMs)
  return atMs - sinceMs
}

test('is closed at first', () => {
  assert.is(new CircuitBreaker(BREAKER).state(START_MS), 'closed')
})

test('stays closed while there are too few results', () => {
  assert.equal(record(new CircuitBreaker(BREAKER), '---'), [null, null, null])
})

test('opens at the failure that reaches the rate', () => {
  assert.equal(record(new CircuitBreaker(BREAKER), '++--'), [null, null, null, 'opened'])
})

test('stays closed below the rate', () => {
  const breaker = new CircuitBreaker(BREAKER)
  record(breaker, '+++--')
  assert.is(breaker.state(START_MS), 'closed')
})

test('never opens when it is off', () => {
  const breaker = new CircuitBreaker({ ...BREAKER, enabled: false })
  record(breaker, '-'.repeat(100))
  assert.ok(breaker.mayPass(START_MS))
})

test('forgets what has left the window', () => {
  const breaker = new CircuitBreaker(BREAKER)
  record(breaker, '---', START_MS)
  assert.equal(record(breaker, '-', START_MS + BREAKER.windowMs), [null])
})

test('keeps what is nine tenths of the window old', () => {
  const breaker = new CircuitBreaker(BREAKER)
  record(breaker, '---', START_MS)
  assert.equal(record(breaker, '-', START_MS + BREAKER.windowMs * 0.9), ['opened'])
})

test('slides its window a slice at a time', () => {
  const breaker = new CircuitBreaker(BREAKER)
  record(breaker, '--', START_MS)
  record(breaker, '+++', START_MS + BREAKER.windowMs * 0.5)
  assert.equal(record(breaker, '---', START_MS + BREAKER.windowMs), [null, null, 'opened'])
})

test('lets nothing pass while it is open', () => {
  const breaker = opened()
  const passed = fc.sample(fc.nat(BREAKER.openMs - 1), 50).filter((ms) => breaker.mayPass(START_MS + ms))
  assert.equal(passed, [])
})

test('says when it lets the probe pass', () => {
  assert.is(opened().reopensAtMs, START_MS + BREAKER.openMs)
})

test('is half-open when its time is over', () => {
  assert.is(opened().state(START_MS + BREAKER.openMs), 'half-open')
})

test('lets one probe pass when it is half-open', () => {
  const breaker = opened()
  const atMs = START_MS + BREAKER.openMs
  assert.equal([breaker.mayPass(atMs), breaker.pass(atMs), breaker.mayPass(atMs)], [true, true, false])
})

test('closes when the probe succeeds', () => {
  const breaker = opened()
  breaker.pass(START_MS + BREAKER.openMs)
  assert.is(breaker.record(true, true, START_MS + BREAKER.openMs), 'closed')
})

test('starts with an empty window when it closes', () => {
  const breaker = opened()
  const atMs = START_MS + BREAKER.openMs
  breaker.pass(atMs)
  breaker.record(true, true, atMs)
  assert.equal(record(breaker, '---', atMs), [null, null, null])
})

test('opens again without telling when the probe fails', () => {
  const breaker = opened()
  const atMs = START_MS + BREAKER.openMs
  breaker.pass(atMs)
  const change = breaker.record(false, true, atMs)
  assert.equal([change, breaker.state(atMs)], [null, 'open'])
})

test('stays open twice as long after each failed probe, up to its bound', () => {
  const breaker = opened()
  const waits: number[] = []
  for (let sinceMs = START_MS; waits.length < 6; sinceMs += waits.at(-1) ?? 0) waits.push(failProbe(breaker, sinceMs))
  assert.equal(waits, [5000, 10_000, 20_000, 40_000, 60_000, 60_000])
})

test('starts with the shortest time again when it has been closed', () => {
  const breaker = opened()
  failProbe(breaker, START_MS)
  const atMs = breaker.reopensAtMs
  breaker.pass(atMs)
  breaker.record(true, true, atMs)
  record(breaker, '----', atMs)
  assert.is(breaker.reopensAtMs - atMs, BREAKER.openMs)
})

test('pays no heed to results of requests made before it opened', () => {
  const breaker = opened()
  const atMs = START_MS + BREAKER.openMs
  record(breaker, '-+', START_MS)
  breaker.pass(atMs)
  record(breaker, '+-', atMs)
  assert.equal([breaker.state(atMs), breaker.mayPass(atMs)], ['half-open', false])
})

test('never lets anything pass while it is open, and never more than one while half-open', () => {
  const step = fc.record({ afterMs: fc.nat(4000), succeeds: fc.boolean(), answersProbe: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const breaker = new CircuitBreaker(BREAKER)
      let nowMs = START_MS
      let isProbing = false
      for (const { afterMs, succeeds, answersProbe } of steps) {
        nowMs += afterMs
        const state = breaker.state(nowMs)
        const mayPass = breaker.mayPass(nowMs)
        assert.is(mayPass, state === 'closed' || (state === 'half-open' && !isProbing))
        if (mayPass && breaker.pass(nowMs)) isProbing = true
        if (answersProbe && isProbing) {
          isProbing = false
          breaker.record(succeeds, true, nowMs)
        } else {
          breaker.record(succeeds, false, nowMs)
        }
      }
    }),
  )
})

test('is at rest once all results have left the window, and not while one is in it', () => {
  const breaker = new CircuitBreaker(BREAKER)
  record(breaker, '+')
  const atRest = [0, BREAKER.windowMs - 1, BREAKER.windowMs * 1.1].map((afterMs) =>
    breaker.isAtRest(START_MS + afterMs),
  )
  assert.equal(atRest, [false, false, true])
})

test('is not at rest while it is open or half-open', () => {
  const breaker = opened()
  const atRest = [START_MS, breaker.reopensAtMs, breaker.reopensAtMs + 1e9].map((atMs) => breaker.isAtRest(atMs))
  assert.equal(atRest, [false, false, false])
})

test('does at rest what a new one would do', () => {
  const step = fc.record({ afterMs: fc.nat(12_000), succeeds: fc.boolean() })
  const steps = fc.array(step, { maxLength: 40 })
  let rests = 0
  fc.assert(
    fc.property(steps, fc.nat(40_000), steps, (before, idleMs, after) => {
      const breaker = new CircuitBreaker(BREAKER)
      let nowMs = START_MS
      const play = (breakers: readonly CircuitBreaker[], { afterMs, succeeds }: (typeof after)[number]) => {
        nowMs += afterMs
        return breakers.map((one) => {
          const mayPass = one.mayPass(nowMs)
          const change = mayPass ? one.record(succeeds, one.pass(nowMs), nowMs) : null
          return [mayPass, change, one.state(nowMs), one.reopensAtMs]
        })
      }
      for (const each of before) play([breaker], each)
      nowMs += idleMs
      if (!breaker.isAtRest(nowMs)) return
      rests += 1
      const other = new CircuitBreaker(BREAKER)
      for (const each of after) {
        const [one, two] = play([breaker, other], each)
        assert.equal(one, two)
      }
    }),
  )
  assert.ok(rests > 0)
})

test.run()
