import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { EndpointConfig } from '../../src/config/model.js'
import { BREAKER, DELIVERED, endpoint, FAILED, failed, GONE, REJECTED, RETRY, Rig, TOO_LARGE } from './support/rig.js'

const test = suite('courier')

/** A rig whose circuit has just opened, with nothing in flight. */
function openRig(config: Parameters<typeof endpoint>[0] = {}): Rig {
  const rig = new Rig({ concurrency: 4, circuitBreaker: BREAKER, ...config })
  rig.submit(4)
  for (const _ of [1, 2, 3, 4]) rig.answer(FAILED)
  return rig
}

test('sends as many at once as the window allows', () => {
  const rig = new Rig({ concurrency: 3 })
  rig.submit(5)
  assert.equal(rig.sent, [1, 2, 3])
})

test('sends the next when one is acknowledged', () => {
  const rig = new Rig({ concurrency: 2 })
  rig.submit(3)
  rig.answer(DELIVERED, 2)
  assert.equal(rig.sent, [1, 2, 3])
})

test('sends nothing new with a window of 1 while a batch waits for its next attempt', () => {
  const rig = new Rig({ concurrency: 1 })
  rig.submit(2)
  rig.answer(FAILED)
  rig.pass(999)
  assert.equal(rig.sent, [1])
})

test('tries the same batch again with a window of 1 before the next', () => {
  const rig = new Rig({ concurrency: 1 })
  rig.submit(2)
  rig.answer(FAILED)
  rig.pass(1000)
  rig.answer(DELIVERED)
  assert.equal(rig.sent, [1, 1, 2])
})

test('lets others pass with a larger window while a batch waits for its next attempt', () => {
  const rig = new Rig({ concurrency: 2 })
  rig.submit(2)
  rig.answer(FAILED, 1)
  rig.submit()
  assert.equal(rig.sent, [1, 2, 3])
})

test('sends what is due again before what is new', () => {
  const rig = new Rig({ concurrency: 2 })
  rig.submit(2)
  rig.answer(FAILED, 1)
  rig.submit(2)
  rig.pass(1000)
  rig.answer(DELIVERED, 2)
  assert.equal(rig.sent, [1, 2, 3, 1])
})

test('says that a batch leaves now until the window is full, and soon then', () => {
  const rig = new Rig({ concurrency: 2 })
  const departures = [0, 1, 1].map((count) => {
    rig.submit(count)
    return rig.courier.askToLeave(rig.nowMs)
  })
  assert.equal(departures, ['now', 'now', 'soon'])
})

test('says late behind others from a failure of the receiver to its next success', () => {
  const rig = new Rig({ concurrency: 1 })
  rig.submit(2)
  rig.answer(FAILED)
  const failed = rig.courier.askToLeave(rig.nowMs)
  rig.pass(1000)
  const again = rig.courier.askToLeave(rig.nowMs)
  rig.answer(DELIVERED)
  assert.equal([failed, again, rig.courier.askToLeave(rig.nowMs)], ['late', 'late', 'soon'])
})

test('says late while the circuit is open', () => {
  const rig = openRig()
  assert.is(rig.courier.askToLeave(rig.nowMs), 'late')
})

test('says now when it is stopped, so that what was begun is given up', () => {
  const rig = new Rig({ concurrency: 1 })
  rig.submit(1)
  rig.courier.stop()
  assert.is(rig.courier.askToLeave(rig.nowMs), 'now')
})

test('gives up what the receiver rejects, and goes on', () => {
  const rig = new Rig({ concurrency: 1 })
  rig.submit(2)
  rig.answer(REJECTED)
  assert.equal([rig.gaveUp, rig.sent], [[{ batch: 1, cause: 'rejected', reason: 'answered 400' }], [1, 2]])
})

test('gives up when the attempts are used up', () => {
  const rig = new Rig({ retry: { ...RETRY, maxAttempts: 2 } })
  rig.submit()
  rig.answer(FAILED)
  rig.pass(1000)
  rig.answer(FAILED)
  assert.equal(rig.gaveUp, [
    { batch: 1, cause: 'retries-exhausted', reason: 'answered 503; given up: 2 attempts made' },
  ])
})

test('sends nothing at all before the time that the receiver asked for', () => {
  const rig = new Rig()
  rig.submit()
  rig.answer(failed(20_000))
  rig.pass(19_999)
  rig.submit()
  assert.equal(rig.sent, [1])
})

test('goes on at the time that the receiver asked for', () => {
  const rig = new Rig()
  rig.submit()
  rig.answer(failed(20_000))
  rig.submit()
  rig.pass(20_000)
  assert.equal(rig.sent, [1, 1, 2])
})

test('waits no longer than the budget of a batch, whatever the receiver asks for', () => {
  const rig = new Rig()
  rig.submit()
  rig.answer(failed(365 * 24 * 3_600_000))
  rig.submit()
  rig.pass(RETRY.maxElapsedMs)
  assert.equal(rig.sent, [1, 2])
})

test('stops at a 410: what it has and gets becomes dead letters', () => {
  const rig = new Rig({ concurrency: 2 })
  rig.submit(4)
  rig.answer(GONE, 1)
  rig.submit()
  rig.answer(FAILED, 2)
  assert.equal(
    rig.gaveUp.map(({ batch, cause }) => `${batch} ${cause}`),
    ['1 rejected', '3 endpoint-stopped', '4 endpoint-stopped', '5 endpoint-stopped', '2 endpoint-stopped'],
  )
})

test('tells once that it is gone', () => {
  const rig = new Rig({ concurrency: 2 })
  rig.submit(2)
  rig.answer(GONE)
  rig.answer(GONE)
  assert.equal(rig.circuit, ['gone'])
})

test('closes an open circuit when a 410 stops it, and no failure that is still on its way opens it again', () => {
  const rig = new Rig({ concurrency: 6, circuitBreaker: BREAKER })
  rig.submit(6)
  for (const batch of [1, 2, 3, 4]) rig.answer(FAILED, batch)
  rig.answer(GONE, 5)
  const closing = [...rig.circuit]
  rig.courier.configure(endpoint({ circuitBreaker: { ...BREAKER, minRequests: 1 } }), rig.nowMs)
  rig.submit(2)
  rig.answer(GONE)
  rig.answer(FAILED)
  assert.equal([closing, rig.circuit.slice(3)], [['opened', 'closed', 'gone'], ['gone']])
})

test('sends again after a 410 when it is configured again', () => {
  const rig = new Rig()
  rig.submit()
  rig.answer(GONE)
  rig.courier.configure(endpoint(), rig.nowMs)
  rig.submit()
  assert.equal(rig.sent, [1, 2])
})

test('opens the circuit on a failure rate, and tells', () => {
  assert.equal(openRig().circuit, ['opened'])
})

test('sends nothing and loses nothing while the circuit is open', () => {
  const rig = openRig()
  rig.submit(3)
  rig.pass(BREAKER.openMs - 1)
  assert.equal([rig.sent, rig.gaveUp, rig.courier.size], [[1, 2, 3, 4], [], 7])
})

test('sends one probe when the circuit is half-open', () => {
  const rig = openRig()
  rig.pass(BREAKER.openMs)
  assert.equal(rig.sent.slice(4), [1])
})

test('sends everything when the probe succeeds, and tells', () => {
  const rig = openRig()
  rig.pass(BREAKER.openMs)
  rig.answer(DELIVERED)
  assert.equal(
    [rig.sent.slice(4), rig.circuit],
    [
      [1, 2, 3, 4],
      ['opened', 'closed'],
    ],
  )
})

test('takes a 4xx for an answer of a receiver that works', () => {
  const rig = openRig()
  rig.pass(BREAKER.openMs)
  rig.answer(REJECTED)
  assert.is(rig.courier.circuitState(rig.nowMs), 'closed')
})

test('sends no second probe when a request from before fails late', () => {
  const rig = new Rig({ concurrency: 5, circuitBreaker: BREAKER })
  rig.submit(5)
  for (const batch of [1, 2, 3, 4]) rig.answer(FAILED, batch)
  rig.pass(BREAKER.openMs)
  rig.answer(FAILED, 5)
  rig.pass(2 * BREAKER.openMs)
  assert.equal(rig.inFlight.length, 1)
})

test('takes no token for a request that the circuit holds back', () => {
  const rig = openRig({ rateLimit: { requests: 6, perMs: 6_000_000 } })
  rig.pass(BREAKER.openMs)
  for (const _ of [1, 2, 3, 4]) rig.pump()
  rig.answer(DELIVERED)
  assert.equal(rig.sent.slice(4), [1, 2])
})

test('gives up what has waited its whole time while the circuit was open', () => {
  const rig = openRig({ retry: { ...RETRY, maxElapsedMs: 6000, initialBackoffMs: 100 } })
  rig.pass(1000)
  rig.submit()
  rig.pass(4000)
  rig.answer(FAILED)
  rig.pass(2000)
  rig.pump()
  const causes = new Set(rig.gaveUp.map(({ cause }) => cause))
  assert.equal([rig.gaveUp.map(({ batch }) => batch).sort(), causes], [[1, 2, 3, 4, 5], new Set(['circuit-open'])])
})

test('closes an open circuit when it is configured again, and tells', () => {
  const rig = openRig()
  rig.courier.configure(endpoint({ circuitBreaker: BREAKER }), rig.nowMs)
  rig.submit()
  assert.equal([rig.sent.slice(4), rig.circuit], [[5], ['opened', 'closed']])
})

test('follows the circuit breaker of its new configuration', () => {
  const rig = new Rig({ circuitBreaker: BREAKER })
  rig.courier.configure(endpoint({ circuitBreaker: { ...BREAKER, minRequests: 1 } }), rig.nowMs)
  rig.submit()
  rig.answer(FAILED)
  assert.equal(rig.circuit, ['opened'])
})

test('sends no more than the rate limit allows', () => {
  const rig = new Rig({ concurrency: 10, rateLimit: { requests: 2, perMs: 1000 } })
  rig.submit(10)
  rig.pass(1000)
  assert.equal(rig.sent, [1, 2, 3, 4])
})

test('says late while the rate limit holds it back', () => {
  const rig = new Rig({ concurrency: 10, rateLimit: { requests: 2, perMs: 1000 } })
  rig.submit(3)
  assert.is(rig.courier.askToLeave(rig.nowMs), 'late')
})

test('gives the oldest batch that was never tried away', () => {
  const rig = new Rig({ concurrency: 1 })
  rig.submit(3)
  assert.equal([rig.courier.takeOldest(), rig.courier.size], [2, 2])
})

test('asks for no call when it has nothing', () => {
  assert.is(new Rig().courier.pump(1_000_000), Number.POSITIVE_INFINITY)
})

test('sends nothing while its shard has no room, and asks for no wake-up', () => {
  const rig = new Rig({ concurrency: 2 })
  rig.hasRoom = false
  rig.submit()
  assert.equal([rig.sent, rig.wakeAtMs], [[], Number.POSITIVE_INFINITY])
})

test('sends what waited for its shard when it is called', () => {
  const rig = new Rig({ concurrency: 2 })
  rig.hasRoom = false
  rig.submit(2)
  rig.hasRoom = true
  rig.pump()
  assert.equal(rig.sent, [1, 2])
})

test('says soon while its shard has no room', () => {
  const rig = new Rig({ concurrency: 2 })
  rig.hasRoom = false
  assert.is(rig.courier.askToLeave(rig.nowMs), 'soon')
})

test('spends nothing of its rate limit while its shard has no room', () => {
  const rig = new Rig({ concurrency: 2, rateLimit: { requests: 1, perMs: 1000 } })
  rig.hasRoom = false
  rig.submit()
  rig.hasRoom = true
  rig.pump()
  assert.equal(rig.sent, [1])
})

test('is at rest when it has nothing to do and nothing to remember', () => {
  const rig = new Rig({ circuitBreaker: BREAKER })
  const atFirst = rig.courier.isAtRest(rig.nowMs)
  rig.submit()
  rig.answer(DELIVERED)
  const justNow = rig.courier.isAtRest(rig.nowMs)
  assert.equal([atFirst, justNow, rig.courier.isAtRest(rig.nowMs + 2 * BREAKER.windowMs)], [true, false, true])
})

const LATER_MS = 1e9

const BUSY: readonly [string, Partial<EndpointConfig>, (rig: Rig) => void][] = [
  ['a batch is in flight', {}, (rig) => rig.submit()],
  ['a batch waits for the window', { concurrency: 1 }, (rig) => rig.submit(2)],
  [
    'a batch waits for its next attempt',
    {},
    (rig) => {
      rig.submit()
      rig.answer(FAILED)
    },
  ],
  [
    'the endpoint was stopped',
    {},
    (rig) => {
      rig.submit()
      rig.answer(GONE)
    },
  ],
  [
    'a batch waits for room in the shard',
    {},
    (rig) => {
      rig.hasRoom = false
      rig.submit()
    },
  ],
]
for (const [why, config, prepare] of BUSY) {
  test(`is not at rest while ${why}`, () => {
    const rig = new Rig(config)
    prepare(rig)
    assert.is(rig.courier.isAtRest(rig.nowMs + LATER_MS), false)
  })
}

test('is not at rest while the circuit is open, however long', () => {
  assert.is(openRig({ retry: { ...RETRY, maxAttempts: 1 } }).courier.isAtRest(1e12), false)
})

test('is not at rest while the receiver has asked for time, or the rate limit is not full', () => {
  const asked = new Rig({ retry: { ...RETRY, maxAttempts: 1 } })
  asked.submit()
  asked.answer(failed(5000))
  const limited = new Rig({ rateLimit: { requests: 1, perMs: 5000 } })
  limited.submit()
  limited.answer(DELIVERED)
  const after = (rig: Rig, ms: number) => rig.courier.isAtRest(rig.nowMs + ms)
  assert.equal([after(asked, 4999), after(asked, 5000)], [false, true])
  assert.equal([after(limited, 4999), after(limited, 5000)], [false, true])
})

test('of a batch that is too large sends the halves, before what waits', () => {
  const rig = new Rig({ concurrency: 1 })
  rig.submit(1, 4)
  rig.submit()
  rig.answer(TOO_LARGE)
  rig.answer(DELIVERED)
  rig.answer(DELIVERED)
  assert.equal(
    [rig.sent, rig.delivered],
    [
      [1, 3, 4, 2],
      [3, 4],
    ],
  )
})

test('of a half that is too large sends its halves, before the other half', () => {
  const rig = new Rig({ concurrency: 1 })
  rig.submit(1, 4)
  rig.answer(TOO_LARGE)
  rig.pass(10)
  rig.answer(TOO_LARGE)
  for (let answer = 0; answer < 3; answer++) rig.answer(DELIVERED)
  assert.equal(
    [rig.sent, rig.delivered],
    [
      [1, 2, 4, 5, 3],
      [4, 5, 3],
    ],
  )
})

test('gives up a batch of one event that is too large', () => {
  const rig = new Rig()
  rig.submit()
  rig.answer(TOO_LARGE)
  assert.equal(rig.gaveUp, [{ batch: 1, cause: 'rejected', reason: 'answered 413' }])
})

test('tries a batch again that is too large and finds no room for its halves', () => {
  const rig = new Rig()
  rig.submit(1, 2)
  rig.hasRoomForHalves = false
  rig.answer(TOO_LARGE)
  rig.hasRoomForHalves = true
  rig.pass(RETRY.initialBackoffMs)
  rig.answer(TOO_LARGE)
  assert.equal(rig.sent, [1, 1, 2, 3])
})

test('sends nothing any more when it is held, and gives away what waits', () => {
  const rig = new Rig({ concurrency: 1 })
  rig.submit(3)
  rig.courier.hold()
  rig.answer(FAILED)
  rig.pass(60_000)
  assert.equal([rig.sent, [...rig.courier.takeWaiting()], rig.courier.size], [[1], [1, 2, 3], 0])
})

test('goes on where another courier of the endpoint was told to wait', () => {
  const before = new Rig()
  before.submit()
  before.answer(failed(20_000))
  const rig = new Rig()
  rig.courier.pause(before.courier.paused(before.nowMs))
  rig.submit()
  rig.pass(19_999)
  const early = [...rig.sent]
  rig.pass(1)
  assert.equal([early, rig.sent], [[], [1]])
})

test('waits as long as the open circuit of another courier would', () => {
  const before = openRig()
  const rig = new Rig({ concurrency: 4, circuitBreaker: BREAKER })
  rig.courier.pause(before.courier.paused(before.nowMs))
  rig.submit()
  rig.pass(BREAKER.openMs - 1)
  const early = [...rig.sent]
  rig.pass(1)
  assert.equal([early, rig.sent], [[], [1]])
})

test('keeps the place of a batch in a window of 1 whose next attempt is due later', () => {
  const rig = new Rig({ concurrency: 1 })
  rig.resume(1000)
  rig.submit()
  const early = [...rig.sent]
  rig.pass(1000)
  assert.equal([early, rig.sent], [[], [1]])
})

test.run()
