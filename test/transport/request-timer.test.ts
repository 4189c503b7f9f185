import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Expiring } from '../../src/transport/expiry-list.js'
import { RequestTimer, RequestTimers } from '../../src/transport/request-timer.js'

const test = suite('request timer')

class Request implements Expiring {
  previous: Expiring | null = null
  next: Expiring | null = null
  expiresAtMs = Number.POSITIVE_INFINITY
  readonly expired: Promise<void>
  hasExpired = false
  expire: () => void = () => undefined

  constructor() {
    this.expired = new Promise((resolve) => {
      this.expire = () => {
        this.hasExpired = true
        resolve()
      }
    })
  }
}

/** Timers that keep this process alive. */
function refed(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
}

test('a request expires', async () => {
  const timer = new RequestTimer(5)
  const request = new Request()
  timer.start(request)
  await request.expired
  assert.ok(request.hasExpired)
})

test('a request that has ended does not, and does not keep a later one from it', async () => {
  const timer = new RequestTimer(20)
  const [ended, later] = [new Request(), new Request()]
  timer.start(ended)
  timer.start(later)
  timer.stop(ended)
  await later.expired
  assert.not(ended.hasExpired)
})

test('a request that comes when all others have long ended expires too', async () => {
  const timer = new RequestTimer(5)
  const [first, second] = [new Request(), new Request()]
  timer.start(first)
  await first.expired
  timer.start(second)
  await second.expired
  assert.ok(second.hasExpired)
})

test('what is at hand when the time is up is still done before', async () => {
  const timer = new RequestTimer(5)
  const request = new Request()
  timer.start(request)
  const order: string[] = []
  const endMs = performance.now() + 10
  while (performance.now() < endMs);
  setImmediate(() => order.push('answer'))
  await request.expired
  order.push('expired')
  assert.equal(order, ['answer', 'expired'])
})

test('a thread is kept alive by a request, not by what is left of one', async () => {
  const timer = new RequestTimer(60_000)
  const [first, second] = [new Request(), new Request()]
  const before = refed()
  timer.start(first)
  timer.start(second)
  timer.stop(first)
  const during = refed()
  timer.stop(second)
  const after = refed()
  timer.start(first)
  const again = refed()
  timer.stop(first)
  assert.equal([during - before, after - before, again - before], [1, 0, 1])
})

test('those that are given equally long have one timer', () => {
  const timers = new RequestTimers()
  assert.is(timers.get(5), timers.get(5))
  assert.is.not(timers.get(5), timers.get(6))
})

test.run()
