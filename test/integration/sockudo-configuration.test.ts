import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { appWith, withDispatcher, withReceiver } from '../support/dispatcher.js'

const test = suite("deliveries by Sockudo's configuration")

test('the queue driver none turns webhooks off', () =>
  withReceiver((receiver) =>
    withDispatcher({ queue: { driver: 'none' }, apps: [appWith([{ url: receiver.url }])] }, async (dispatcher) => {
      const accepted = dispatcher.app('app').channelOccupied('a')
      await dispatcher.flush()
      assert.equal([accepted, dispatcher.stats().refused_disabled, receiver.received.length], [false, 1, 0])
    }),
  ))

test('nothing is sent to a webhook that is off, and the others get what is theirs', () =>
  withReceiver((off) =>
    withReceiver((on) => {
      const webhooks = [{ url: off.url, enabled: false }, { url: on.url }]
      return withDispatcher({ apps: [appWith(webhooks)] }, async (dispatcher) => {
        dispatcher.app('app').channelOccupied('a')
        await dispatcher.flush()
        assert.equal([off.received.length, on.received.length], [0, 1])
      })
    }),
  ))

test('namespaces and patterns select the channels that they select in Sockudo', () =>
  withReceiver((receiver) => {
    const filter = {
      channel_namespace: 'orders',
      channel_namespaces: ['orders', 'chat'],
      channel_pattern: String.raw`(?x) : [\w&&[^\d]]+ $`,
    }
    return withDispatcher({ apps: [appWith([{ url: receiver.url, filter }])] }, async (dispatcher) => {
      const app = dispatcher.app('app')
      for (const channel of ['orders:a', 'private-orders:é', 'chat:a', 'orders:1', 'orders', 'x-orders:a']) {
        app.channelOccupied(channel)
      }
      await dispatcher.flush()
      assert.equal(
        receiver.received.map((event) => event.channel),
        ['orders:a', 'private-orders:é'],
      )
    })
  }))

test.run()
