// time limit: 300 s
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Logger } from '../../src/index.js'
import { createDispatcher } from '../../src/index.js'
import { emitRooms, rooms, withDurable } from '../support/durable.js'
import { until } from '../support/until.js'

const test = suite('a dispatcher with a disk queue')

test('says at its start what it recovered', () =>
  withDurable(async ({ receiver, config, start }) => {
    const lines: string[] = []
    const logger: Logger = { info: (_, line) => lines.push(line), warn: () => undefined, error: () => undefined }
    receiver.tell('hook', 'fails')
    const first = await start(config())
    emitRooms(first, 0, 3)
    await first.persisted()
    await first.close({ timeout: 0 })
    const second = await start(config(), { logger })
    assert.equal(
      [
        second.recovery,
        second.stats().recovered_jobs,
        lines.some((line) => /recovered: 3 batches with 3 events/.test(line)),
      ],
      [{ jobs: 3, events: 3, deadLetters: 0, damaged: 0 }, 3, true],
    )
  }))

test('delivers after a clean close what was left, each event once and in order', () =>
  withDurable(async ({ receiver, config, start }) => {
    receiver.tell('hook', 'fails')
    const first = await start(config())
    emitRooms(first, 0, 40)
    const left = await first.close({ timeout: 0 })
    receiver.tell('hook', 'answers')
    const second = await start(config())
    const unsettled = await second.flush()
    assert.equal(
      [left.stored, unsettled, receiver.of('hook').inOrder, second.stats().delivered],
      [40, { events: 0, endpoints: [] }, rooms(0, 40), 40],
    )
  }))

test('has nothing left after a close that delivered everything', () =>
  withDurable(async ({ config, start }) => {
    const first = await start(config())
    emitRooms(first, 0, 20)
    const left = await first.close()
    const second = await start(config())
    assert.equal([left, second.recovery.jobs], [{ events: 0, endpoints: [] }, 0])
  }))

test('stores open batches and leaves that are held before it closes', () =>
  withDurable(async ({ receiver, config, start }) => {
    receiver.tell('hook', 'fails')
    const webhooks = { batching: { enabled: true, duration: 10_000 }, flap_window_ms: 3000 }
    const first = await start(config({ webhooks }))
    const app = first.app('app')
    app.channelOccupied('room-0')
    app.channelOccupied('room-1')
    app.channelVacated('room-1')
    await first.close({ timeout: 0 })
    const second = await start(config({ webhooks }))
    assert.is(second.recovery.events, 3)
  }))

test('does not confirm with a memory queue', async () => {
  const dispatcher = await createDispatcher({ apps: [] })
  const failure = await dispatcher.persisted().catch((error: unknown) => error)
  await dispatcher.close()
  assert.is((failure as { code?: unknown }).code, 'QUEUE_NOT_DURABLE')
})

test('tells of what is stored and dead in its stats and metrics', () =>
  withDurable(async ({ receiver, config, start }) => {
    receiver.tell('hook', 'fails')
    const dispatcher = await start(config())
    emitRooms(dispatcher, 0, 5)
    await dispatcher.persisted()
    await until(() => dispatcher.stats().stored_jobs === 5)
    const metrics = await dispatcher.metrics()
    const names = ['stored_jobs', 'parked_jobs', 'store_lag_ms', 'recovered_jobs', 'stored_dead_letters']
    assert.equal(
      names.filter((name) => !metrics.includes(`signpost_${name}`)),
      [],
    )
  }))

test('counts what it recovered as accepted when it is flushed', () =>
  withDurable(async ({ receiver, config, start }) => {
    receiver.tell('hook', 'fails')
    const first = await start(config())
    emitRooms(first, 0, 5)
    await first.close({ timeout: 0 })
    const second = await start(config())
    const left = await second.flush({ timeout: 200 })
    receiver.tell('hook', 'answers')
    await second.flush()
    assert.equal([left.stored, receiver.of('hook').inOrder], [5, rooms(0, 5)])
  }))

test('does not count the time without a process against the budget of a batch', () =>
  withDurable(async ({ receiver, config, start }) => {
    const webhooks = {
      batching: { enabled: false },
      circuit_breaker: { enabled: false },
      retry: { initial_backoff_ms: 10, max_backoff_ms: 20, max_elapsed_time_ms: 3000 },
    }
    receiver.tell('hook', 'fails')
    const first = await start(config({ webhooks }))
    emitRooms(first, 0, 1)
    await first.persisted()
    await until(() => receiver.of('hook').requests > 3)
    await first.close({ timeout: 0 })
    const closedAt = performance.now()
    await until(() => performance.now() > closedAt + 3100)
    receiver.tell('hook', 'answers')
    const second = await start(config({ webhooks }))
    await second.flush()
    assert.equal([receiver.of('hook').inOrder, second.stats().dead_lettered], [rooms(0, 1), 0])
  }))

test('keeps what is for a webhook that is gone, and gives it up after its grace', () =>
  withDurable(async ({ receiver, path, config, start }) => {
    receiver.tell('hook', 'fails')
    const first = await start(config())
    emitRooms(first, 0, 3)
    await first.close({ timeout: 0 })
    const queue = { driver: 'disk' as const, disk: { path, orphan_grace_ms: 300 } }
    const second = await start(config({ queue }, { id: 'another' }))
    await until(async () => (await second.deadLetters.list()).items.length === 3)
    const { items } = await second.deadLetters.list()
    assert.equal(
      items.map(({ endpoint, cause }) => [endpoint, cause]),
      items.map(() => ['hook', 'endpoint-gone']),
    )
  }))

test('delivers what is for a webhook that comes back within its grace', () =>
  withDurable(async ({ receiver, config, start }) => {
    receiver.tell('hook', 'fails')
    const first = await start(config())
    emitRooms(first, 0, 3)
    await first.close({ timeout: 0 })
    receiver.tell('hook', 'answers')
    const second = await start(config({}, { id: 'another' }))
    await second.reload(config())
    await until(() => receiver.of('hook').inOrder.length === 3)
    assert.equal(receiver.of('hook').inOrder, rooms(0, 3))
  }))

for (const [name, webhooks] of Object.entries({
  'another payload format': { payload_format: 'bare' as const, batching: { enabled: false } },
  'smaller bodies': { batching: { enabled: true, duration: 10, size: 2, max_bytes: 4096 } },
})) {
  test(`delivers what was stored before a restart with ${name}`, () =>
    withDurable(async ({ receiver, config, start }) => {
      receiver.tell('hook', 'fails')
      const before = { batching: { enabled: true, duration: 10, size: 100 }, retry: { max_backoff_ms: 50 } }
      const first = await start(config({ webhooks: before }))
      for (let index = 0; index < 100; index++) first.app('app').channelOccupied(`${'x'.repeat(150)}-${index}`)
      await first.close({ timeout: 0 })
      receiver.tell('hook', 'answers')
      const second = await start(config({ webhooks }))
      await second.flush()
      assert.equal([receiver.of('hook').inOrder.length, second.stats().dead_lettered], [100, 0])
    }))
}

test('keeps its dead letters through a restart, in pages', () =>
  withDurable(async ({ receiver, config, start }) => {
    const webhooks = { batching: { enabled: false }, circuit_breaker: { enabled: false }, retry: { enabled: false } }
    receiver.tell('hook', 'fails')
    const first = await start(config({ webhooks }))
    emitRooms(first, 0, 7)
    await first.flush()
    const before = await first.deadLetters.list()
    await first.close()
    const second = await start(config({ webhooks }))
    const page = await second.deadLetters.list({ limit: 4 })
    const rest = await second.deadLetters.list({ limit: 4, cursor: page.cursor })
    assert.equal(
      [[...page.items, ...rest.items].map(({ id }) => id).toSorted(), page.items.length, rest.cursor],
      [before.items.map(({ id }) => id).toSorted(), 4, null],
    )
    const letters = await Promise.all(before.items.map(({ id }) => second.deadLetters.get(id)))
    assert.equal(letters.flatMap((letter) => letter?.body.match(/room-\d/g) ?? []).toSorted(), rooms(0, 7))
  }))

test('replays and purges stored dead letters', () =>
  withDurable(async ({ receiver, config, start }) => {
    const webhooks = { batching: { enabled: false }, circuit_breaker: { enabled: false }, retry: { enabled: false } }
    receiver.tell('hook', 'fails')
    const first = await start(config({ webhooks }))
    emitRooms(first, 0, 5)
    await first.flush()
    await first.close()
    const second = await start(config({ webhooks }))
    const { items } = await second.deadLetters.list()
    const [one, two] = items.map(({ id }) => id)
    const counts = [
      await second.deadLetters.purge({ ids: [one ?? ''] }),
      await second.deadLetters.purge({ app: 'another' }),
      await second.deadLetters.replay({ ids: [two ?? ''] }),
    ]
    // It dies again, and is a letter again.
    await second.flush()
    const again = await second.deadLetters.list({ app: 'app', endpoint: 'hook' })
    receiver.tell('hook', 'answers')
    counts.push(await second.deadLetters.replay({ all: true }))
    await second.flush()
    await until(() => second.stats().stored_dead_letters === 0)
    assert.equal(
      [counts, again.items.length, receiver.of('hook').inOrder.length, (await second.deadLetters.list()).items],
      [[1, 0, 1, 4], 4, 4, []],
    )
  }))

test('replays stored dead letters event by event', () =>
  withDurable(async ({ receiver, config, start }) => {
    const webhooks = {
      batching: { enabled: true, duration: 20, size: 10 },
      circuit_breaker: { enabled: false },
      retry: { enabled: false },
    }
    receiver.tell('hook', 'fails')
    const first = await start(config({ webhooks }))
    emitRooms(first, 0, 4)
    await first.flush()
    await first.close()
    receiver.tell('hook', 'answers')
    const second = await start(config({ webhooks }))
    const { items } = await second.deadLetters.list()
    const replayed = await second.deadLetters.replay({ all: true, split: true })
    await second.flush()
    const left = await second.close()
    const ids = [...receiver.of('hook').ids.values()].flatMap((each) => [...each])
    assert.equal(
      [replayed, receiver.of('hook').inOrder, ids, left],
      [1, rooms(0, 4), rooms(0, 4).map((_, index) => `${items[0]?.id}.${index}`), { events: 0, endpoints: [] }],
    )
  }))

test.run()
