import Pusher from 'pusher'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { appWith, CREDENTIALS, withDispatcher, withReceiver } from '../support/dispatcher.js'

const test = suite('delivery')

test("Pusher's own library accepts what is sent", () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      dispatcher.app('app').memberAdded('presence-chat', 'u1')
      await dispatcher.flush()
      const { body, headers } = await receiver.nextRequest()
      const pusher = new Pusher({ appId: 'app', cluster: 'mt1', ...CREDENTIALS })
      const webhook = pusher.webhook({ rawBody: body.toString(), headers: headers as Record<string, string> })
      assert.equal([webhook.isValid(), webhook.getEvents().map(({ name }) => name)], [true, ['member_added']])
    }),
  ))

test('an event has its members in the order of the specification and no others', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      dispatcher.emit('app', {
        name: 'client_event',
        further: [1],
        user_id: 'u',
        socket_id: '1.2',
        data: { b: 1, a: 'ü\ud800' },
        event: 'client-x',
        channel: 'private-x',
      })
      await dispatcher.flush()
      const { body } = await receiver.nextRequest()
      const [event] = JSON.parse(body.toString()).events
      const { time_ms, ...rest } = event
      assert.equal(
        { keys: Object.keys(event), rest, isTime: Math.abs(time_ms - Date.now()) < 60_000 },
        {
          keys: ['name', 'channel', 'event', 'data', 'socket_id', 'user_id', 'further', 'time_ms'],
          rest: {
            name: 'client_event',
            channel: 'private-x',
            event: 'client-x',
            data: JSON.stringify({ b: 1, a: 'ü\ufffd' }),
            socket_id: '1.2',
            user_id: 'u',
            further: [1],
          },
          isTime: true,
        },
      )
    }),
  ))

test('every method of a handle emits its event', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      const app = dispatcher.app('app')
      app.channelOccupied('a')
      app.channelVacated('a')
      app.memberAdded('presence-a', 'u')
      app.memberRemoved('presence-a', 'u')
      app.clientEvent({ channel: 'private-a', event: 'client-e', data: 'd', socket_id: '1.1', user_id: 'u' })
      app.cacheMiss('cache-a')
      app.subscriptionCount('a', 42)
      await dispatcher.flush()
      assert.equal(
        receiver.received.map(({ time_ms: _, ...event }) => event),
        [
          { name: 'channel_occupied', channel: 'a' },
          { name: 'channel_vacated', channel: 'a' },
          { name: 'member_added', channel: 'presence-a', user_id: 'u' },
          { name: 'member_removed', channel: 'presence-a', user_id: 'u' },
          {
            name: 'client_event',
            channel: 'private-a',
            event: 'client-e',
            data: 'd',
            socket_id: '1.1',
            user_id: 'u',
          },
          { name: 'cache_miss', channel: 'cache-a', data: '{}' },
          { name: 'subscription_count', channel: 'a', subscription_count: 42 },
        ],
      )
    }),
  ))

test('no batch has more events than its size, and the order is that of the calls', () =>
  withReceiver((receiver) =>
    withDispatcher(
      { apps: [appWith([{ url: receiver.url, concurrency: 1 }])], webhooks: { batching: { size: 7 } } },
      async (dispatcher) => {
        const app = dispatcher.app('app')
        for (let index = 0; index < 100; index++) app.channelOccupied(`room-${index}`)
        await dispatcher.flush()
        assert.equal(
          {
            order: receiver.received.map((event) => event.channel),
            isWithin: receiver.requests.every(({ events }) => events.length <= 7),
          },
          { order: Array.from({ length: 100 }, (_, index) => `room-${index}`), isWithin: true },
        )
      },
    ),
  ))

test('with batching off every event is a request', () =>
  withReceiver((receiver) =>
    withDispatcher(
      { apps: [appWith([{ url: receiver.url }])], webhooks: { batching: { enabled: false } } },
      async (dispatcher) => {
        for (let index = 0; index < 20; index++) dispatcher.app('app').channelOccupied(`room-${index}`)
        await dispatcher.flush()
        assert.equal(
          receiver.requests.map(({ events }) => events.length),
          Array.from({ length: 20 }, () => 1),
        )
      },
    ),
  ))

test('the bare format sends the event alone', () =>
  withReceiver((receiver) =>
    withDispatcher(
      {
        apps: [appWith([{ url: receiver.url }])],
        webhooks: { batching: { enabled: false }, payload_format: 'bare' },
      },
      async (dispatcher) => {
        dispatcher.app('app').cacheMiss('cache-a')
        const { body } = await receiver.nextRequest()
        assert.is(JSON.parse(body.toString()).name, 'cache_miss')
      },
    ),
  ))

test('a failed delivery is tried again under the same id', () =>
  withReceiver((receiver) =>
    withDispatcher(
      { apps: [appWith([{ url: receiver.url }])], webhooks: { retry: { initial_backoff_ms: 1 } } },
      async (dispatcher) => {
        receiver.fail({ status: 503, times: 2 })
        dispatcher.app('app').channelOccupied('a')
        await dispatcher.flush()
        const ids = new Set(receiver.requests.map(({ id }) => id))
        assert.equal([receiver.requests.length, ids.size, receiver.received.length], [3, 1, 1])
      },
    ),
  ))

test('what is given up is told as failed', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      receiver.fail({ status: 400 })
      const failed = new Promise<{ status: number | null; cause: string }>((resolve) => {
        dispatcher.on('failed', resolve)
      })
      dispatcher.app('app').channelOccupied('a')
      const { status, cause } = await failed
      assert.equal({ status, cause }, { status: 400, cause: 'status' })
    }),
  ))

test('events of an app wait for nobody: an event without a webhook is accepted and goes nowhere', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url, event_types: ['cache_miss'] }])] }, async (dispatcher) => {
      const accepted = dispatcher.app('app').channelOccupied('a')
      await dispatcher.flush()
      const { uninterested } = dispatcher.stats()
      assert.equal([accepted, uninterested, receiver.requests.length], [true, 1, 0])
    }),
  ))

test('a dispatcher is created when its threads run', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])], dispatcher: { shards: 2 } }, async (dispatcher) => {
      assert.equal(
        dispatcher.threads.map((thread) => thread !== null),
        [true, true],
      )
    }),
  ))

test.run()
