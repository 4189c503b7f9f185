import { setTimeout as pause } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import type { WorkerDispatcher } from '../../src/dispatcher/dispatcher.js'
import type { TestReceiver } from '../../src/testing/index.js'
import { compiledThreads } from '../support/compiled-threads.js'
import { appWith, withReceiver } from '../support/dispatcher.js'
import { type ActorFault, FaultInjector, faultyThreads } from '../support/fault-injection.js'
import { told } from '../support/told.js'

const test = suite('an actor that throws')

const DURATION_MS = 20
const ALWAYS = 1_000_000

/** Two apps on one shard; the actor of `bad` throws so many times at messages of this kind. */
async function withMutiny(
  {
    kind,
    times,
    flapWindowMs = 0,
  }: { readonly kind: ActorFault; readonly times: number; readonly flapWindowMs?: number },
  run: (dispatcher: WorkerDispatcher, receiver: TestReceiver) => Promise<void>,
): Promise<void> {
  await withReceiver(async (receiver) => {
    const injector = new FaultInjector()
    const dispatcher = await startDispatcher(
      {
        apps: ['bad', 'good'].map((id) => appWith([{ url: receiver.url, concurrency: 1 }], { id })),
        webhooks: { batching: { duration: DURATION_MS }, flap_window_ms: flapWindowMs },
        dispatcher: { shards: 1 },
      },
      { ...compiledThreads, threads: faultyThreads },
    )
    try {
      dispatcher.app('bad').cacheMiss('cache-first')
      dispatcher.app('good').cacheMiss('cache-first')
      await dispatcher.flush()
      const [thread] = dispatcher.threads
      if (thread == null) throw new Error('the shard has no thread')
      await injector.mutiny({ kind, app: 0, times }, thread.threadId)
      await run(dispatcher, receiver)
    } finally {
      injector.close()
      await dispatcher.close({ timeout: 2000 })
    }
  })
}

/** What became of what `bad` and `good` emitted after their first event. */
async function outcome(dispatcher: WorkerDispatcher, receiver: TestReceiver) {
  const { items } = await dispatcher.deadLetters.list()
  const { shard_restarts, actor_restarts, held_events } = dispatcher.stats()
  return {
    received: receiver.received.map(({ channel }) => channel).filter((channel) => channel !== 'cache-first'),
    dead: items.map(({ app, cause, error, events }) => ({ app, cause, error, events })),
    restarts: [shard_restarts, actor_restarts],
    held_events,
  }
}

const dead = (error: string, events = 1) => ({ app: 'bad', cause: 'quarantined', error, events })

/** Waits until every event of the test has been delivered or given up. */
async function untilSettled(dispatcher: WorkerDispatcher, events: number): Promise<void> {
  for (;;) {
    const { delivered, dead_lettered } = dispatcher.stats()
    if (delivered + dead_lettered >= events) return
    await pause(1)
  }
}

for (const kind of ['deadline', 'event'] as const) {
  test(`twice at a ${kind} is restarted alone and goes on where it was`, () =>
    withMutiny({ kind, times: 2 }, async (dispatcher, receiver) => {
      dispatcher.app('bad').cacheMiss('cache-bad')
      dispatcher.app('good').cacheMiss('cache-good')
      await untilSettled(dispatcher, 4)
      const { received, dead, restarts } = await outcome(dispatcher, receiver)
      assert.equal(
        { received: received.toSorted(), dead, restarts },
        { received: ['cache-bad', 'cache-good'], dead: [], restarts: [0, 2] },
      )
    }))

  test(`always at a ${kind} gives up what it fails at, with the error, and touches nobody else`, () =>
    withMutiny({ kind, times: ALWAYS }, async (dispatcher, receiver) => {
      dispatcher.app('bad').cacheMiss('cache-bad')
      dispatcher.app('good').cacheMiss('cache-good')
      await untilSettled(dispatcher, 4)
      const { received, dead: letters, restarts } = await outcome(dispatcher, receiver)
      // A deadline of a batch that has left already may come too, and fails as well.
      assert.equal(
        { received, letters, died: restarts[0], restartsBeyondThree: (restarts[1] ?? 0) % 3 },
        { received: ['cache-good'], letters: [dead(`a ${kind} failed`)], died: 0, restartsBeyondThree: 0 },
      )
    }))
}

test('always at settled messages gives up its open batch, with the error, and touches nobody else', () =>
  withMutiny({ kind: 'settled', times: ALWAYS }, async (dispatcher, receiver) => {
    receiver.fail({ delayMs: 10 * DURATION_MS, times: 1 })
    dispatcher.app('bad').cacheMiss('cache-slow')
    while (dispatcher.stats().in_flight === 0) await pause(1)
    dispatcher.app('bad').cacheMiss('cache-behind')
    await untilSettled(dispatcher, 4)
    const { received, dead: letters, restarts } = await outcome(dispatcher, receiver)
    assert.equal(
      { received, letters, died: restarts[0] },
      { received: ['cache-slow'], letters: [dead('a settled failed')], died: 0 },
    )
  }))

test('always at a release gives up the held events one by one', () =>
  withMutiny({ kind: 'release', times: ALWAYS, flapWindowMs: 30 }, async (dispatcher, receiver) => {
    dispatcher.app('bad').channelVacated('bad-1')
    dispatcher.app('bad').channelVacated('bad-2')
    dispatcher.app('good').channelVacated('good')
    await untilSettled(dispatcher, 5)
    const { received, dead: letters, restarts, held_events } = await outcome(dispatcher, receiver)
    assert.equal(
      { received, letters, died: restarts[0], held_events },
      { received: ['good'], letters: [dead('a release failed'), dead('a release failed')], died: 0, held_events: 0 },
    )
  }))

test('always at a flush gives up what it holds and lets the flush end', () =>
  withMutiny({ kind: 'flush', times: ALWAYS, flapWindowMs: 60_000 }, async (dispatcher, receiver) => {
    dispatcher.app('bad').channelVacated('bad')
    dispatcher.app('good').channelVacated('good')
    await dispatcher.flush()
    const { received, dead: letters, held_events } = await outcome(dispatcher, receiver)
    assert.equal(
      { received, letters, held_events },
      { received: ['good'], letters: [dead('a flush failed')], held_events: 0 },
    )
  }))

test('what is quarantined is told as failed and as a dead letter', () =>
  withMutiny({ kind: 'event', times: ALWAYS }, async (dispatcher) => {
    const failed = told(dispatcher, 'failed')
    const buried = told(dispatcher, 'dead-letter')
    dispatcher.app('bad').cacheMiss('cache-bad')
    const reports = await Promise.all([failed, buried])
    assert.equal(
      [reports.map(({ app, cause, error, events }) => ({ app, cause, error, events })), dispatcher.stats().failed],
      [[dead('a event failed'), dead('a event failed')], 1],
    )
  }))

test('always at a change of its app puts it in force, and flushes what was begun for an endpoint that is gone', () =>
  withMutiny({ kind: 'configure', times: ALWAYS, flapWindowMs: 60_000 }, async (dispatcher, receiver) => {
    dispatcher.app('bad').cacheMiss('cache-begun')
    dispatcher.app('bad').channelVacated('bad-held')
    await dispatcher.apps.set(appWith([{ url: `${receiver.url}/other`, id: 'other' }], { id: 'bad' }))
    dispatcher.app('bad').cacheMiss('cache-other')
    await untilSettled(dispatcher, 5)
    const { received, dead: letters, restarts, held_events } = await outcome(dispatcher, receiver)
    assert.equal(
      { received: received.toSorted(), letters, died: restarts[0], held_events },
      {
        received: ['cache-begun', 'cache-other'],
        letters: [dead('a configure failed')],
        died: 0,
        held_events: 0,
      },
    )
  }))

test('always at a change that removes no endpoint keeps what is held', () =>
  withMutiny({ kind: 'configure', times: ALWAYS, flapWindowMs: 60_000 }, async (dispatcher, receiver) => {
    dispatcher.app('bad').channelVacated('bad-held')
    await dispatcher.apps.set(appWith([{ url: receiver.url, concurrency: 2 }], { id: 'bad' }))
    await dispatcher.flush()
    const { received, dead: letters, restarts } = await outcome(dispatcher, receiver)
    assert.equal({ received, letters, died: restarts[0] }, { received: ['bad-held'], letters: [], died: 0 })
  }))

test.run()
