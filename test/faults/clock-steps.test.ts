import { setTimeout as pause } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import type { WorkerDispatcher } from '../../src/dispatcher/dispatcher.js'
import { startReceiver, type TestReceiver } from '../../src/testing/index.js'
import { ClockSteps, steppedThreads } from '../support/clock-steps.js'
import { appWith, CREDENTIALS } from '../support/dispatcher.js'
import { told } from '../support/told.js'

const test = suite('a step of the wall clock')

const DAY_MS = 86_400_000
const NEAR_MS = 5000

interface Stepped {
  readonly dispatcher: WorkerDispatcher
  readonly receiver: TestReceiver
  /** Steps the clock of the host and of the shard's thread. */
  readonly step: () => Promise<void>
}

async function withStep(byMs: number, webhooks: object, run: (stepped: Stepped) => Promise<void>): Promise<void> {
  const clocks = new ClockSteps()
  await using receiver = await startReceiver({ pusher: [CREDENTIALS] })
  const dispatcher = await startDispatcher(
    { apps: [appWith([{ url: receiver.url }])], dispatcher: { shards: 1 }, webhooks },
    { threads: steppedThreads },
  )
  try {
    await run({ dispatcher, receiver, step: () => clocks.set(byMs, dispatcher.threads[0]) })
  } finally {
    await dispatcher.close({ timeout: 1000 })
    clocks.close()
  }
}

for (const [way, byMs] of [
  ['forth', DAY_MS],
  ['back', -DAY_MS],
] as const) {
  test(`${way} shows in the timestamps that receivers check, at once`, () =>
    withStep(byMs, { signature: ['standard-webhooks'] }, async ({ dispatcher, receiver, step }) => {
      receiver.fail({ status: 200 })
      await step()
      dispatcher.app('app').channelOccupied('a')
      await dispatcher.flush()
      const { headers, body } = await receiver.nextRequest()
      const { time_ms, events } = JSON.parse(body.toString())
      const times = [Number(headers['webhook-timestamp']) * 1000, time_ms, events[0].time_ms]
      assert.ok(
        times.every((time) => Math.abs(time - Date.now()) < NEAR_MS),
        `${times} at ${Date.now()}`,
      )
    }))

  test(`${way} changes neither the sizes of batches nor latencies`, () =>
    withStep(byMs, { batching: { duration: 200 } }, async ({ dispatcher, receiver, step }) => {
      await step()
      for (let event = 0; event < 50; event++) {
        dispatcher.app('app').channelOccupied(`room-${event}`)
        if (event % 10 === 0) await pause(1)
      }
      await receiver.waitFor(({ received }) => received.length === 50)
      await dispatcher.flush()
      const { latency } = dispatcher.stats()
      assert.equal([receiver.requests.length < 5, latency.meanMs < NEAR_MS, latency.meanMs > 0], [true, true, true])
    }))

  test(`${way} leaves what waits for its next attempt where it was`, () =>
    withStep(
      byMs,
      { retry: { initial_backoff_ms: 50, max_backoff_ms: 50 } },
      async ({ dispatcher, receiver, step }) => {
        receiver.fail({ status: 503, times: 3 })
        dispatcher.app('app').channelOccupied('a')
        await receiver.nextRequest()
        await step()
        const { events } = await dispatcher.flush({ timeout: 20_000 })
        assert.equal([events, dispatcher.stats().dead_lettered], [0, 0])
      },
    ))

  test(`${way} leaves a Retry-After date what it says by the new clock`, () =>
    withStep(byMs, { retry: { initial_backoff_ms: 1, max_backoff_ms: 1 } }, async ({ dispatcher, receiver, step }) => {
      await step()
      receiver.fail({ status: 503, times: 1, retryAfter: new Date(Date.now() + 1500).toUTCString() })
      dispatcher.app('app').channelOccupied('a')
      const { events } = await dispatcher.flush({ timeout: 20_000 })
      const [first, second] = receiver.requests
      assert.equal([events, (second?.receivedAtMs ?? 0) - (first?.receivedAtMs ?? 0) < NEAR_MS], [0, true])
    }))

  test(`${way} holds no leave for longer than its window, after a death of the thread too`, () =>
    withStep(byMs, { flap_window_ms: 500 }, async ({ dispatcher, receiver, step }) => {
      dispatcher.app('app').channelVacated('a')
      while (dispatcher.stats().held_events === 0) await pause(1)
      await step()
      const restarted = told(dispatcher, 'shard-restart')
      await dispatcher.threads[0]?.terminate()
      await restarted
      const event = await receiver.next('channel_vacated', { timeoutMs: 20_000 })
      assert.is(event.channel, 'a')
    }))

  test(`${way} shows dead letters in the new time`, () =>
    withStep(byMs, {}, async ({ dispatcher, receiver, step }) => {
      receiver.fail({ status: 400 })
      await step()
      dispatcher.app('app').channelOccupied('a')
      await dispatcher.flush()
      const { items } = await dispatcher.deadLetters.list()
      const times = items.flatMap(({ diedAt, firstEventAt, firstAttemptAt }) => [
        diedAt,
        firstEventAt,
        firstAttemptAt ?? 0,
      ])
      assert.ok(
        times.length === 3 && times.every((time) => Math.abs(time - Date.now()) < NEAR_MS),
        `${times} at ${Date.now()}`,
      )
    }))
}

test('by a user, as the time of an event, does not hurry its batch', () =>
  withStep(0, { batching: { duration: 300 } }, async ({ dispatcher, receiver }) => {
    const app = dispatcher.app('app')
    for (let event = 0; event < 10; event++) {
      app.emit({ name: 'channel_occupied', channel: `room-${event}`, time_ms: Date.now() - DAY_MS })
      await pause(1)
    }
    await receiver.waitFor(({ received }) => received.length === 10)
    assert.ok(receiver.requests.length < 4, `${receiver.requests.length} requests`)
  }))

test.run()
