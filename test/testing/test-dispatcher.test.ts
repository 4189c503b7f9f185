import { inspect } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type ConfigInput, createDispatcher, Dispatcher, type EmitEvent, type InvalidReport } from '../../src/index.js'
import { createTestDispatcher, startReceiver } from '../../src/testing/index.js'
import { told } from '../support/told.js'

const test = suite('a test dispatcher')

const CREDENTIALS = { id: 'chat', key: 'key', secret: 'app-secret' }
const CONFIG: ConfigInput = { apps: [CREDENTIALS] }

/** Events that are good, and events that receivers would refuse. */
const EVENTS: readonly unknown[] = [
  { name: 'member_added', channel: 'presence-a', user_id: 7n },
  { name: 'member_added', channel: 'presence-a' },
  { name: 'client_event', channel: 'private-a', event: 'client-typing', data: { on: true } },
  { name: 'client_event', channel: 'private-a' },
  { name: 'subscription_count', channel: 'a', subscription_count: 3 },
  { name: 'subscription_count', channel: 'a', subscription_count: Number.NaN },
  { name: 'order.paid', data: '{"id":1}', region: 'eu', time_ms: 1_700_000_000_000 },
  { name: '' },
  { name: 'cache_miss', channel: 'cache-a' },
  { name: 'channel_occupied', channel: `lone \ud800 surrogate` },
  { name: 'channel_occupied', channel: 'x'.repeat(300_000) },
  null,
]

const emitAll = (dispatcher: Dispatcher) => EVENTS.map((event) => dispatcher.emit('chat', event as EmitEvent))

test('is a Dispatcher', () => {
  assert.instance(createTestDispatcher(CONFIG), Dispatcher)
})

test('records what was emitted, as receivers get it', () => {
  const dispatcher = createTestDispatcher(CONFIG)
  const app = dispatcher.app('chat')
  const answers = [
    app.channelOccupied('a'),
    app.channelVacated('a'),
    app.memberAdded('presence-a', 1),
    app.memberRemoved('presence-a', 'u'),
    app.clientEvent({ channel: 'private-a', event: 'client-typing', data: { on: true }, user_id: 2n }),
    app.cacheMiss('cache-a'),
    app.subscriptionCount('a', 42),
    app.emit({ name: 'order.paid', data: [1], region: 'eu', time_ms: 1_700_000_000_000 }),
    dispatcher.emit('chat', { name: 'member_added', channel: 'presence-a', user_id: 'v' }),
  ]
  assert.equal(answers, Array(9).fill(true))
  assert.equal(dispatcher.recorded, [
    { app: 'chat', name: 'channel_occupied', channel: 'a' },
    { app: 'chat', name: 'channel_vacated', channel: 'a' },
    { app: 'chat', name: 'member_added', channel: 'presence-a', user_id: '1' },
    { app: 'chat', name: 'member_removed', channel: 'presence-a', user_id: 'u' },
    {
      ...{ app: 'chat', name: 'client_event', channel: 'private-a', event: 'client-typing' },
      ...{ data: '{"on":true}', user_id: '2' },
    },
    { app: 'chat', name: 'cache_miss', channel: 'cache-a', data: '{}' },
    { app: 'chat', name: 'subscription_count', channel: 'a', subscription_count: 42 },
    { app: 'chat', name: 'order.paid', data: '[1]', region: 'eu', time_ms: 1_700_000_000_000 },
    { app: 'chat', name: 'member_added', channel: 'presence-a', user_id: 'v' },
  ])
})

test('accepts, refuses, records and counts what a real one does', async () => {
  const receiver = await startReceiver({ verify: false })
  const types = ['member_added', 'client_event', 'subscription_count', 'order.paid', 'cache_miss', 'channel_occupied']
  const config: ConfigInput = {
    apps: [{ ...CREDENTIALS, webhooks: [{ url: receiver.url, event_types: types }] }],
    dispatcher: { shards: 1 },
  }
  const real = await createDispatcher(config)
  const fake = createTestDispatcher(config)
  try {
    assert.equal(emitAll(fake), emitAll(real))
    await real.flush()
    const received = receiver.received.map((event) => ({ ...event, time_ms: undefined }))
    assert.equal(
      fake.recorded.map(({ app: _, ...event }) => ({ ...event, time_ms: undefined })),
      received,
    )
    const counted = [real, fake].map((each) => {
      const { accepted, uninterested, refused_invalid, refused_too_large } = each.stats()
      return { accepted, uninterested, refused_invalid, refused_too_large }
    })
    assert.equal(counted[1], counted[0])
  } finally {
    await real.close()
    await receiver.close()
  }
})

test('reports an event that it refuses for what it says', async () => {
  const dispatcher = createTestDispatcher(CONFIG)
  const reported = told(dispatcher, 'invalid')
  dispatcher.app('chat').memberAdded('presence-a', Number.NaN)
  const report: InvalidReport = await reported
  assert.equal(report, {
    ...{ app: 'chat', field: 'user_id' },
    ...{ expected: 'a string, a finite number or a bigint', got: 'NaN' },
  })
})

test('accepts more events than a ring holds', () => {
  const dispatcher = createTestDispatcher({ ...CONFIG, dispatcher: { ring_bytes: 65_536 } })
  const app = dispatcher.app('chat')
  const answers = Array.from({ length: 10_000 }, (_, index) => app.memberAdded('presence-a', index))
  assert.ok(answers.every((answer) => answer))
})

test('accepts more events than a ring holds that a webhook gets', () => {
  const webhooks = [{ url: 'http://127.0.0.1:9/', event_types: ['member_added'] }]
  const dispatcher = createTestDispatcher({
    apps: [{ ...CREDENTIALS, webhooks }],
    dispatcher: { ring_bytes: 65_536 },
  })
  for (let index = 0; index < 10_000; index++) dispatcher.app('chat').memberAdded('presence-a', index)
  assert.equal([dispatcher.recorded.length, dispatcher.stats().accepted], [10_000, 10_000])
})

test('refuses an unknown app, one that is deleted and one that is disabled', async () => {
  const dispatcher = createTestDispatcher({ apps: [CREDENTIALS, { ...CREDENTIALS, id: 'off', enabled: false }] })
  const event = { name: 'channel_occupied', channel: 'a' }
  const chat = dispatcher.app('chat')
  await dispatcher.apps.delete('chat')
  const answers = [dispatcher.emit('none', event), chat.emit(event), dispatcher.emit('off', event)]
  const { refused_unknown_app, refused_disabled } = dispatcher.stats()
  assert.equal([answers, refused_unknown_app, refused_disabled], [[false, false, false], 2, 1])
})

test('sets, shows and reloads apps', async () => {
  const dispatcher = createTestDispatcher(CONFIG)
  await dispatcher.apps.set({ ...CREDENTIALS, id: 'added' })
  const reloaded = await dispatcher.reload({
    apps: [
      { ...CREDENTIALS, id: 'added' },
      { ...CREDENTIALS, id: 'new' },
    ],
  })
  const ids = dispatcher.apps.list().items.map(({ id }) => id)
  assert.equal([reloaded, ids], [{ set: 1, deleted: 1 }, ['added', 'new']])
})

test('refuses a configuration that is wrong as a real one does', async () => {
  const wrong = { apps: [{ id: 'chat', key: 'key', secret: 7 }] } as unknown as ConfigInput
  const real = await createDispatcher(wrong).catch((error: Error) => error.message)
  assert.throws(
    () => createTestDispatcher(wrong),
    (error: Error) => error.message === real,
  )
})

test('has nothing to flush, and refuses all after its end', async () => {
  const dispatcher = createTestDispatcher(CONFIG)
  dispatcher.app('chat').channelOccupied('a')
  const flushed = await dispatcher.flush()
  const closed = await dispatcher.close()
  const answer = dispatcher.app('chat').channelOccupied('a')
  const code = await dispatcher.flush().catch((error: { code: string }) => error.code)
  assert.equal(
    [flushed, closed, answer, code, dispatcher.recorded.length],
    [{ events: 0, endpoints: [] }, { events: 0, endpoints: [] }, false, 'CLOSED', 1],
  )
})

test('is persisted at once with a durable queue, and never with memory', async () => {
  const inMemory = await createTestDispatcher(CONFIG)
    .persisted()
    .catch((error: { code: string }) => error.code)
  await createTestDispatcher({ ...CONFIG, queue: { driver: 'disk' } }).persisted()
  assert.is(inMemory, 'QUEUE_NOT_DURABLE')
})

test('has no dead letters', async () => {
  const { deadLetters } = createTestDispatcher(CONFIG)
  const list = await deadLetters.list()
  const replayed = await deadLetters.replay({ app: 'chat' })
  assert.equal([list, replayed, await deadLetters.get('id')], [{ items: [], cursor: null, unavailable: [] }, 0, null])
})

test('reports what the test says', () => {
  const dispatcher = createTestDispatcher(CONFIG)
  let drains = 0
  dispatcher.on('drain', () => {
    drains += 1
  })
  dispatcher.report('drain')
  assert.is(drains, 1)
})

test('forgets what it has recorded', () => {
  const dispatcher = createTestDispatcher(CONFIG)
  dispatcher.app('chat').channelOccupied('a')
  dispatcher.clear()
  assert.equal(dispatcher.recorded, [])
})

test('shows no secret', () => {
  const dispatcher = createTestDispatcher(CONFIG)
  assert.not.match(inspect(dispatcher, { depth: 9 }) + JSON.stringify(dispatcher), /app-secret/)
})

test.run()
