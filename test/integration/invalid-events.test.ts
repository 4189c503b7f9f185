import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseConfig } from '../../src/config/index.js'
import { type AppHandle, EntryHandle } from '../../src/dispatcher/app-handle.js'
import { createDispatcher, type Dispatcher, type InvalidReport } from '../../src/index.js'
import { eventProblem } from '../../src/receiver/events.js'
import { AppEntry } from '../../src/router/app-entry.js'
import { Emitter } from '../../src/router/emitter.js'
import { EventIntake } from '../../src/router/event-intake.js'
import { appWith, withDispatcher, withReceiver } from '../support/dispatcher.js'

const test = suite('an event that receivers would refuse')

const EVENTS = [
  'channel_occupied',
  'channel_vacated',
  'member_added',
  'member_removed',
  'client_event',
  'cache_miss',
  'subscription_count',
]

const circular: Record<string, unknown> = {}
circular.self = circular

const throwing = {
  name: 'member_added',
  channel: 'presence-a',
  get user_id(): string {
    throw new Error('a getter failed')
  },
}

/** What is no event at all, whatever its type says. */
const nothings: readonly unknown[] = [null, undefined, 7, 'channel_occupied', Symbol('s'), () => undefined, [], {}]

const complete: Readonly<Record<string, object>> = {
  channel_occupied: { channel: 'a' },
  channel_vacated: { channel: 'a' },
  member_added: { channel: 'a', user_id: 'u' },
  member_removed: { channel: 'a', user_id: 'u' },
  client_event: { channel: 'a', event: 'client-e' },
  cache_miss: { channel: 'a' },
  subscription_count: { channel: 'a', subscription_count: 1 },
}

const bad = (value: unknown): never => value as never

/** Name, call and the field that is to blame. */
const refusals: readonly (readonly [string, (app: AppHandle) => boolean, string])[] = [
  ['a channel that is a number', (app) => app.channelOccupied(bad(7)), 'channel'],
  ['no channel', (app) => app.cacheMiss(bad(undefined)), 'channel'],
  ['a user_id of NaN', (app) => app.memberAdded('a', Number.NaN), 'user_id'],
  ['a user_id of Infinity', (app) => app.memberRemoved('a', Number.POSITIVE_INFINITY), 'user_id'],
  ['a user_id that is an object', (app) => app.memberAdded('a', bad({})), 'user_id'],
  ['a user_id that is null', (app) => app.memberAdded('a', bad(null)), 'user_id'],
  ['a user_id that is a symbol', (app) => app.memberAdded('a', bad(Symbol('s'))), 'user_id'],
  ['a count of NaN', (app) => app.subscriptionCount('a', Number.NaN), 'subscription_count'],
  ['a count that is text', (app) => app.subscriptionCount('a', bad('5')), 'subscription_count'],
  ['data that is circular', (app) => app.clientEvent({ channel: 'a', event: 'e', data: circular }), 'data'],
  ['data that is a function', (app) => app.clientEvent({ channel: 'a', event: 'e', data: () => 1 }), 'data'],
  ['data with a bigint', (app) => app.clientEvent({ channel: 'a', event: 'e', data: { n: 1n } }), 'data'],
  ['a client event without its name', (app) => app.clientEvent(bad({ channel: 'a' })), 'event'],
  ['a client event that is nothing', (app) => app.clientEvent(bad(undefined)), 'event'],
  ['a socket_id that is a number', (app) => app.emit(bad({ name: 'x', socket_id: 1 })), 'socket_id'],
  ['a further member that is circular', (app) => app.emit({ name: 'x', more: circular }), 'more'],
  ['an empty name', (app) => app.emit({ name: '' }), 'name'],
  ['a time that is text', (app) => app.emit(bad({ name: 'x', time_ms: 'now' })), 'time_ms'],
  ['a getter that throws', (app) => app.emit(throwing), 'event'],
]

/** One for all tests that look at answers and counters alone. */
let dispatcher: Dispatcher
let app: AppHandle

test.before(async () => {
  const webhook = { url: 'http://127.0.0.1:9/', event_types: [...EVENTS, 'x'], retry: { enabled: false } }
  dispatcher = await createDispatcher({ apps: [appWith([webhook])], dispatcher: { shards: 1 } })
  app = dispatcher.app('app')
})

test.after(async () => {
  await dispatcher.close({ timeout: 0 })
})

/** Fields that are blamed, in a dispatcher's own parts: a dispatcher reports one in a second. */
function blamed(emit: (app: AppHandle) => boolean): readonly string[] {
  const fields: string[] = []
  const { apps } = parseConfig({ apps: [appWith([])] })
  const [config] = apps
  assert.ok(config !== undefined)
  const emitter = new Emitter(
    {
      place: () => {
        throw new Error('an event that is refused was placed')
      },
      refuse: () => undefined,
    },
    262_144,
  )
  const intake = new EventIntake(emitter, (_app, field) => fields.push(field))
  emit(new EntryHandle({ find: () => undefined, emitter, intake }, new AppEntry(config, false)))
  return fields
}

test('is refused, counted and never thrown', () => {
  const before = dispatcher.stats().refused_invalid
  const answers = refusals.map(([, emit]) => emit(app))
  assert.equal([answers, dispatcher.stats().refused_invalid - before], [refusals.map(() => false), refusals.length])
})

for (const [name, emit, field] of refusals) {
  test(`for ${name} is blamed on the field`, () => {
    assert.equal(blamed(emit), [field])
  })
}

test('because it is no object is refused, by a handle and by id', () => {
  const answers = nothings.flatMap((event) => [app.emit(bad(event)), dispatcher.emit('app', bad(event))])
  assert.equal([...new Set(answers)], [false])
})

for (const [name, fields] of Object.entries(complete)) {
  for (const missing of Object.keys(fields)) {
    test(`because it is ${name} without ${missing} is refused, as the receiver would`, () => {
      const event = { name, ...fields, [missing]: undefined }
      assert.equal([dispatcher.emit('app', event), eventProblem(event) === null], [false, false])
    })
  }

  test(`is not ${name} with all that it needs`, () => {
    assert.is(dispatcher.emit('app', { name, ...fields }), true)
  })
}

test('is not a custom event without a channel', () => {
  assert.is(dispatcher.emit('app', { name: 'x' }), true)
})

test('is reported at most once in a second, and without what it says', () =>
  withDispatcher({ apps: [appWith([])] }, async (fresh) => {
    const reports: InvalidReport[] = []
    fresh.on('invalid', (report) => reports.push(report))
    for (let index = 0; index < 1000; index++) fresh.app('app').memberAdded('a', bad({ name: 'Jane Doe' }))
    await Promise.resolve()
    assert.equal(reports, [
      { app: 'app', field: 'user_id', expected: 'a string, a finite number or a bigint', got: 'object' },
    ])
  }))

test('is not one with a number for a user_id: it becomes text', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      const app = dispatcher.app('app')
      app.memberAdded('presence-a', 42)
      app.memberRemoved('presence-a', 2n ** 64n)
      dispatcher.emit('app', { name: 'member_added', channel: 'presence-a', user_id: -1.5 })
      await dispatcher.flush()
      assert.equal(
        receiver.received.map((event) => event.name.startsWith('member') && 'user_id' in event && event.user_id),
        ['42', '18446744073709551616', '-1.5'],
      )
    }),
  ))

test('is not one with a lone surrogate: it becomes U+FFFD, in data and further members too', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url, event_types: ['x'] }])] }, async (dispatcher) => {
      dispatcher.emit('app', {
        name: 'x',
        channel: 'a\ud800',
        data: { '\udc00': '\\ud800 \ud83d\ude00 \ud83d' },
        'k\ud800': ['\udfff'],
      })
      await dispatcher.flush()
      const { body } = await receiver.nextRequest()
      const [{ time_ms: _, ...event }] = JSON.parse(body.toString()).events
      assert.equal(event, {
        name: 'x',
        channel: 'a\ufffd',
        data: JSON.stringify({ '\ufffd': '\\ud800 \ud83d\ude00 \ufffd' }),
        'k\ufffd': ['\ufffd'],
      })
    }),
  ))

test.run()
