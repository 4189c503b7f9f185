import { setImmediate as nextTurn } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import type { WorkerDispatcher } from '../../src/dispatcher/dispatcher.js'
import type { ConfigInput, Dispatcher } from '../../src/index.js'
import type { TestReceiver } from '../../src/testing/index.js'
import { appWith, withReceiver } from '../support/dispatcher.js'
import { told } from '../support/told.js'

const KiB = 1024
const RING_BYTES = 64 * KiB
const PADDING = 'x'.repeat(1000)

const test = suite('backpressure')

/** Two apps on one shard whose memory is as small as it may be. `slow` does not answer before `heal`. */
async function withLittleMemory(
  more: ConfigInput['dispatcher'],
  run: (dispatcher: WorkerDispatcher, slow: TestReceiver, healthy: TestReceiver) => Promise<void>,
): Promise<void> {
  await withReceiver((slow) =>
    withReceiver(async (healthy) => {
      slow.fail({ status: 503 })
      const dispatcher = await startDispatcher(
        {
          apps: [
            appWith([{ url: slow.url, id: 'slow' }], { id: 'slow' }),
            appWith([{ url: healthy.url, id: 'healthy' }], { id: 'healthy' }),
          ],
          webhooks: {
            batching: { duration: 5, size: 10, max_bytes: 32 * KiB },
            retry: { initial_backoff_ms: 5, max_backoff_ms: 50 },
            circuit_breaker: { enabled: false },
          },
          dispatcher: { shards: 1, ring_bytes: RING_BYTES, arena_bytes: 1024 * KiB, ...more },
        },
        {},
      )
      try {
        await run(dispatcher, slow, healthy)
      } finally {
        await dispatcher.close({ timeout: 1000 })
      }
    }),
  )
}

/** Emits until an event is refused. @returns how many were accepted */
async function fill(dispatcher: Dispatcher, app: string): Promise<number> {
  for (let accepted = 0; ; accepted++) {
    if (!dispatcher.emit(app, { name: 'member_added', channel: PADDING, user_id: String(accepted) })) return accepted
    if (accepted % 20 === 0) await nextTurn()
  }
}

/** Emits within one turn of the event loop, which is faster than any shard reads. */
function overrun(dispatcher: Dispatcher, app: string): number {
  let accepted = 0
  while (dispatcher.emit(app, { name: 'member_added', channel: PADDING, user_id: String(accepted) })) accepted += 1
  return accepted
}

test('a full ring refuses events by its cause', () =>
  withLittleMemory({}, async (dispatcher) => {
    overrun(dispatcher, 'healthy')
    const { refused_ring_full } = dispatcher.stats()
    assert.is(refused_ring_full, 1)
  }))

test('drain follows when the ring has room again, and what was accepted arrives', () =>
  withLittleMemory({}, async (dispatcher, _, healthy) => {
    const drained = told(dispatcher, 'drain')
    const accepted = overrun(dispatcher, 'healthy')
    await drained
    await dispatcher.flush()
    assert.is(healthy.received.length, accepted)
  }))

function backlogBytes(dispatcher: Dispatcher): number {
  return dispatcher.stats().shards[0]?.ring_backlog_bytes ?? 0
}

/** Waits, without emitting, until `'drain'` is told when half of the ring is free. */
function drainedWithRoom(dispatcher: Dispatcher): Promise<void> {
  return new Promise((resolve) => {
    const listener = () => {
      if (backlogBytes(dispatcher) > RING_BYTES / 2) return
      dispatcher.off('drain', listener)
      resolve()
    }
    dispatcher.on('drain', listener)
  })
}

test('drain follows the last of many refusals, though that of an earlier one be under way', () =>
  withLittleMemory({}, async (dispatcher, _, healthy) => {
    let accepted = Number(dispatcher.emit('healthy', { name: 'member_added', channel: PADDING, user_id: 'first' }))
    await dispatcher.flush()
    for (let round = 0; round < 100; round++) {
      accepted += overrun(dispatcher, 'healthy')
      // In the same turn of the event loop, so that the notice of room that this causes is not received before.
      while (backlogBytes(dispatcher) > 0);
      accepted += overrun(dispatcher, 'healthy')
      await drainedWithRoom(dispatcher)
      await dispatcher.flush()
    }
    await dispatcher.flush()
    assert.is(healthy.received.length, accepted)
  }))

test('drain follows a refusal though the thread that should tell it dies', () =>
  withLittleMemory({}, async (dispatcher, _, healthy) => {
    let accepted = 0
    for (let death = 0; death < 5; death++) {
      accepted += overrun(dispatcher, 'healthy')
      const drained = drainedWithRoom(dispatcher)
      await Promise.all([drained, told(dispatcher, 'shard-restart'), dispatcher.threads[0]?.terminate()])
    }
    await dispatcher.flush()
    assert.ok(healthy.received.length >= accepted)
  }))

test('an endpoint that takes nothing has its own events refused when its share is used up', () =>
  withLittleMemory({}, async (dispatcher) => {
    await fillUntil(dispatcher, 'refused_endpoint_full')
    const { refused_endpoint_full, arena_used_bytes, arena_total_bytes } = dispatcher.stats()
    assert.equal([refused_endpoint_full > 0, arena_used_bytes < arena_total_bytes], [true, true])
  }))

test('other apps go on while one endpoint has used up its share', () =>
  withLittleMemory({}, async (dispatcher, _, healthy) => {
    await fillUntil(dispatcher, 'refused_endpoint_full')
    const accepted = dispatcher.app('healthy').channelOccupied('still here')
    await healthy.waitFor(({ received }) => received.length === 1)
    assert.is(accepted, true)
  }))

test('drain follows when a full endpoint takes requests again, and nothing accepted is lost', () =>
  withLittleMemory({}, async (dispatcher, slow) => {
    const accepted = await fillUntil(dispatcher, 'refused_endpoint_full')
    slow.heal()
    while (!dispatcher.app('slow').memberAdded('presence-last', 'u')) await told(dispatcher, 'drain')
    await dispatcher.flush()
    const { dead_lettered } = dispatcher.stats()
    assert.is(slow.received.length + dead_lettered, accepted + 1)
  }))

test('drop-oldest drops the oldest of a full endpoint, counts them and accounts for all', () =>
  withLittleMemory({ on_full: 'drop-oldest' }, async (dispatcher, slow) => {
    let accepted = 0
    while (dispatcher.stats().dropped_oldest === 0) accepted += await fillFor(dispatcher, 100)
    slow.heal()
    await dispatcher.flush()
    const { dropped_oldest } = dispatcher.stats()
    assert.is(slow.received.length + dropped_oldest, accepted)
  }))

test('drop-oldest tells of every drop, by endpoint', () =>
  withLittleMemory({ on_full: 'drop-oldest' }, async (dispatcher, slow) => {
    const dropped = new Map<string, number>()
    dispatcher.on('dropped', ({ app, endpoint, events }) => {
      const key = `${app}/${endpoint}`
      dropped.set(key, (dropped.get(key) ?? 0) + events)
    })
    while (dispatcher.stats().dropped_oldest === 0) await fillFor(dispatcher, 100)
    slow.heal()
    await dispatcher.flush()
    while (dropped.get('slow/slow') !== dispatcher.stats().dropped_oldest) await nextTurn()
    assert.equal([...dropped.keys()], ['slow/slow'])
  }))

interface FullArena {
  readonly slow: TestReceiver
  readonly healthy: TestReceiver
  /** Events that were accepted for `slow`. */
  readonly accepted: number
}

/**
 * Many endpoints at one receiver that takes nothing: the arena is full before any of them has its share.
 * @param before comes before the arena is filled
 */
async function withFullArena(
  run: (dispatcher: WorkerDispatcher, arena: FullArena) => Promise<void>,
  before: (dispatcher: WorkerDispatcher, healthy: TestReceiver) => Promise<void> = async () => undefined,
): Promise<void> {
  await withReceiver((slow) =>
    withReceiver(async (healthy) => {
      slow.fail({ status: 503 })
      const ids = Array.from({ length: 64 }, (_, index) => `app-${index}`)
      const dispatcher = await startDispatcher(
        {
          apps: [
            ...ids.map((id) => appWith([{ url: slow.url, concurrency: 1 }], { id })),
            appWith([{ url: healthy.url }], { id: 'healthy' }),
          ],
          webhooks: {
            batching: { duration: 5, size: 20, max_bytes: 32 * KiB },
            retry: { initial_backoff_ms: 5, max_backoff_ms: 50 },
            circuit_breaker: { enabled: false },
          },
          dispatcher: { shards: 1, ring_bytes: RING_BYTES, arena_bytes: 1024 * KiB, endpoint_share: 1 },
        },
        {},
      )
      try {
        await before(dispatcher, healthy)
        let accepted = 0
        for (let event = 0; dispatcher.stats().refused_app_full === 0; event++) {
          const app = ids[event % ids.length] ?? ''
          if (dispatcher.emit(app, { name: 'member_added', channel: PADDING, user_id: String(event) })) accepted += 1
          else await nextTurn()
        }
        await run(dispatcher, { slow, healthy, accepted })
      } finally {
        await dispatcher.close({ timeout: 1000 })
      }
    }),
  )
}

test('an app for whose events the arena has no room has them refused by a cause of its own', () =>
  withFullArena(async (dispatcher) => {
    const { refused_app_full, refused_endpoint_full, set_aside_events } = dispatcher.stats()
    assert.equal([refused_app_full, refused_endpoint_full, set_aside_events > 0], [1, 0, true])
  }))

test('drain follows when a full arena has room again, and nothing accepted is lost', () =>
  withFullArena(async (dispatcher, { slow, accepted }) => {
    slow.heal()
    while (!dispatcher.app('app-0').memberAdded('presence-last', 'u')) await told(dispatcher, 'drain')
    await dispatcher.flush()
    const { dead_lettered } = dispatcher.stats()
    assert.equal([slow.received.length, dead_lettered], [accepted + 1, 0])
  }))

/** The receiver of `stuck` never answers; those of the others do once `heal` is called. */
async function withPinnedArena(
  run: (
    dispatcher: Dispatcher,
    receivers: { readonly healthy: TestReceiver; readonly late: TestReceiver },
  ) => Promise<void>,
): Promise<void> {
  await withReceiver((stuck) =>
    withReceiver((late) =>
      withReceiver(async (healthy) => {
        stuck.fail({ hang: true })
        late.fail({ status: 503 })
        const dispatcher = await startDispatcher(
          {
            apps: [
              appWith([{ url: stuck.url }], { id: 'stuck' }),
              appWith([{ url: late.url, concurrency: 10 }], { id: 'late' }),
              appWith([{ url: healthy.url }], { id: 'healthy' }),
            ],
            webhooks: {
              batching: { enabled: false, max_bytes: 32 * KiB },
              retry: { initial_backoff_ms: 5, max_backoff_ms: 50 },
              circuit_breaker: { enabled: false },
            },
            dispatcher: { shards: 1, ring_bytes: RING_BYTES, arena_bytes: 1024 * KiB, endpoint_share: 1 },
          },
          {},
        )
        try {
          for (let event = 0; event < 1500; event++) {
            const app = event % 20 === 0 ? 'stuck' : 'late'
            while (!dispatcher.emit(app, { name: 'member_added', channel: 'c', user_id: `u${event}` })) await nextTurn()
          }
          await run(dispatcher, { healthy, late })
        } finally {
          await dispatcher.close({ timeout: 100 })
        }
      }),
    ),
  )
}

test('a few small batches that are left keep no event of another size from being delivered', () =>
  withPinnedArena(async (dispatcher, { healthy, late }) => {
    late.heal()
    await late.waitFor(({ received }) => received.length === 1425)
    const sizes = [700, 3000, 12_000]
    const accepted = sizes.map((bytes) =>
      dispatcher.emit('healthy', { name: 'client_event', channel: 'c', event: 'e', data: 'x'.repeat(bytes) }),
    )
    await healthy.waitFor(({ received }) => received.length === sizes.length)
    assert.equal(accepted, [true, true, true])
  }))

/** The request in flight keeps a block of slabs that are too small for what fills the arena. */
async function holdSmallSlab(dispatcher: WorkerDispatcher, healthy: TestReceiver): Promise<void> {
  healthy.fail({ hang: true, times: 1 })
  dispatcher.app('healthy').channelOccupied('first')
  await healthy.nextRequest()
}

test('other apps go on while events of some are set aside', () =>
  withFullArena(async (dispatcher, { healthy }) => {
    const setAside = dispatcher.stats().set_aside_events
    const accepted = dispatcher.app('healthy').channelOccupied('still here')
    await healthy.waitFor(({ received }) => received.length === 1)
    assert.equal([accepted, setAside > 0], [true, true])
  }, holdSmallSlab))

test('what is set aside is delivered although its thread dies', () =>
  withFullArena(async (dispatcher, { slow, accepted }) => {
    await Promise.all([told(dispatcher, 'shard-restart'), dispatcher.threads[0]?.terminate()])
    const setAside = dispatcher.stats().set_aside_events
    slow.heal()
    while (dispatcher.stats().set_aside_events > 0) await nextTurn()
    await dispatcher.flush()
    const events = new Set(slow.received.map((event) => JSON.stringify(event)))
    assert.equal([setAside > 0, events.size, dispatcher.stats().dead_lettered], [true, accepted, 0])
  }))

/** Emits to `slow` until it is refused for this cause; a full ring only means to wait. */
async function fillUntil(dispatcher: Dispatcher, cause: 'refused_endpoint_full'): Promise<number> {
  let accepted = 0
  while (dispatcher.stats()[cause] === 0) {
    accepted += await fill(dispatcher, 'slow')
    await nextTurn()
  }
  return accepted
}

async function fillFor(dispatcher: Dispatcher, events: number): Promise<number> {
  let accepted = 0
  for (let event = 0; event < events; event++) {
    if (dispatcher.emit('slow', { name: 'member_added', channel: PADDING, user_id: String(event) })) accepted += 1
    else await nextTurn()
  }
  return accepted
}

test.run()
