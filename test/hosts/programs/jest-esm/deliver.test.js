/* global expect, test */
import { createDispatcher, Dispatcher } from 'signpost'
import { createTestDispatcher, startReceiver } from 'signpost/testing'

test('records an event', () => {
  const dispatcher = createTestDispatcher({ apps: [{ id: 'app', key: 'key', secret: 'secret' }] })
  dispatcher.app('app').channelOccupied('room')
  expect(dispatcher).toBeInstanceOf(Dispatcher)
  expect(dispatcher.recorded).toEqual([{ app: 'app', name: 'channel_occupied', channel: 'room' }])
})

test('delivers an event', async () => {
  const receiver = await startReceiver({ pusher: [{ key: 'key', secret: 'secret' }], timeoutMs: 60_000 })
  const webhook = { url: receiver.url, event_types: ['channel_occupied'] }
  const dispatcher = await createDispatcher({
    apps: [{ id: 'app', key: 'key', secret: 'secret', webhooks: [webhook] }],
    dispatcher: { shards: 1 },
  })
  dispatcher.app('app').channelOccupied('room')
  await dispatcher.close({ timeout: 60_000 })
  const names = receiver.received.map(({ name }) => name)
  await receiver.close()
  expect(names).toEqual(['channel_occupied'])
})
