import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { UnknownAppError } from '../../src/index.js'
import { appWith, withDispatcher, withReceiver } from '../support/dispatcher.js'

const test = suite('apps')

test('a change takes its place among the events around it', () =>
  withReceiver((old) =>
    withReceiver((young) =>
      withDispatcher({ apps: [appWith([{ url: old.url }])] }, async (dispatcher) => {
        const app = dispatcher.app('app')
        app.channelOccupied('before')
        const changed = dispatcher.apps.set(appWith([{ url: young.url }]))
        app.channelOccupied('after')
        await changed
        await dispatcher.flush()
        const channels = [old, young].map(({ received }) => received.map((event) => event.channel))
        assert.equal(channels, [['before'], ['after']])
      }),
    ),
  ))

test('what a deleted app had emitted is delivered, and its handle refuses', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      const app = dispatcher.app('app')
      app.channelOccupied('before')
      const deleted = dispatcher.apps.delete('app')
      const accepted = app.channelOccupied('after')
      await deleted
      await dispatcher.flush()
      const { refused_unknown_app } = dispatcher.stats()
      assert.equal(
        [accepted, refused_unknown_app, receiver.received.map((event) => event.channel)],
        [false, 1, ['before']],
      )
    }),
  ))

test('a handle works again when its app is added again', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      const app = dispatcher.app('app')
      app.channelOccupied('first')
      await dispatcher.apps.delete('app')
      await dispatcher.apps.set(appWith([{ url: receiver.url }]))
      app.channelOccupied('second')
      await dispatcher.flush()
      assert.equal(
        receiver.received.map((event) => event.channel),
        ['first', 'second'],
      )
    }),
  ))

test('an app that lost all its webhooks and was then deleted leaves its place to another', () =>
  withReceiver((receiver) =>
    withDispatcher(
      { apps: [appWith([{ url: receiver.url }], { id: 'first' })], dispatcher: { shards: 2 } },
      async (dispatcher) => {
        dispatcher.app('first').channelOccupied('a')
        await dispatcher.flush()
        await dispatcher.apps.set(appWith([], { id: 'first' }))
        await dispatcher.apps.delete('first')
        await dispatcher.apps.set(appWith([{ url: receiver.url }], { id: 'second' }))
        dispatcher.app('second').channelOccupied('a')
        await dispatcher.flush()
        assert.equal(
          dispatcher.stats().shards.map(({ accepted }) => accepted),
          [2, 0],
        )
      },
    ),
  ))

test('an unknown app is an error by handle and a counted refusal by id', () =>
  withDispatcher({ apps: [] }, async (dispatcher) => {
    assert.throws(
      () => dispatcher.app('nobody'),
      (error: unknown) => error instanceof UnknownAppError && error.code === 'UNKNOWN_APP',
    )
    const accepted = dispatcher.emit('nobody', { name: 'cache_miss', channel: 'a' })
    assert.equal([accepted, dispatcher.stats().refused_unknown_app], [false, 1])
  }))

test('apps of the configuration are shown as such, and stay away after they were deleted', () =>
  withDispatcher({ apps: [appWith([]), appWith([], { id: 'other' })] }, async ({ apps }) => {
    const origins = apps.list().items.map(({ id, origin }) => `${id}: ${origin}`)
    await apps.delete('app')
    const refreshed = [
      await apps.refresh(),
      await apps.refresh('app'),
      await apps.load('app'),
      await apps.load('other'),
    ]
    assert.equal(
      [origins, refreshed, apps.has('app'), apps.get('app')],
      [
        ['app: inline', 'other: inline'],
        [{ set: 0, deleted: 0 }, { set: 0, deleted: 0 }, false, true],
        false,
        undefined,
      ],
    )
  }))

test('an app that was set wins over that of the configuration', () =>
  withDispatcher({ apps: [appWith([])] }, async ({ apps }) => {
    await apps.set(appWith([], { enabled: false }))
    await apps.refresh()
    await apps.refresh('app')
    assert.is(apps.get('app')?.enabled, false)
  }))

test('a disabled app refuses, and so does a disabled dispatcher', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }], { enabled: false })] }, async (dispatcher) => {
      const accepted = dispatcher.app('app').channelOccupied('a')
      assert.equal([accepted, dispatcher.stats().refused_disabled], [false, 1])
    }),
  ))

test('an event that no request can hold is refused', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      const app = dispatcher.app('app')
      const send = (data: string) => app.clientEvent({ channel: 'private-a', event: 'client-e', data })
      const accepted = [send('x'.repeat(300_000)), send('"'.repeat(140_000)), send('x'.repeat(250_000))]
      await dispatcher.flush()
      assert.equal(
        [accepted, dispatcher.stats().refused_too_large, receiver.received.length],
        [[false, false, true], 2, 1],
      )
    }),
  ))

test('a leave and return within the window is told by neither event', () =>
  withReceiver((receiver) =>
    withDispatcher(
      { apps: [appWith([{ url: receiver.url }])], webhooks: { flap_window_ms: 60_000 } },
      async (dispatcher) => {
        const app = dispatcher.app('app')
        app.memberRemoved('presence-a', 'u1')
        app.memberAdded('presence-a', 'u1')
        app.memberAdded('presence-a', 'u2')
        app.memberRemoved('presence-a', 'u3')
        await dispatcher.close()
        assert.equal(
          [
            receiver.received.map(({ name, ...event }) => [name, 'user_id' in event && event.user_id]).sort(),
            dispatcher.stats().suppressed_flaps,
          ],
          [
            [
              ['member_added', 'u2'],
              ['member_removed', 'u3'],
            ],
            2,
          ],
        )
      },
    ),
  ))

test('metrics are Prometheus text', () =>
  withReceiver((receiver) =>
    withDispatcher({ apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      dispatcher.app('app').channelOccupied('a')
      await dispatcher.flush()
      assert.match(await dispatcher.metrics(), /signpost_delivered_total\{shard="0"\} 1/)
    }),
  ))

test.run()
