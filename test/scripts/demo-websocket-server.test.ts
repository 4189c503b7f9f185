import { once } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WebSocket } from 'ws'
import { ChatUser } from '../../scripts/demo/clients.js'
import { PusherServer } from '../../scripts/demo/websocket-server.js'
import { appWith, CREDENTIALS, withDispatcher } from '../support/dispatcher.js'

const test = suite("the demonstration's WebSocket server")

interface Scene {
  readonly port: number
  /** `event channel`, in the order of their being emitted. */
  readonly emitted: string[]
  readonly server: PusherServer
}

const withServer = (run: (scene: Scene) => Promise<void>): Promise<void> =>
  withDispatcher({ apps: [appWith([])] }, async (dispatcher) => {
    const emitted: string[] = []
    const server = new PusherServer(dispatcher, [{ id: 'app', ...CREDENTIALS }], (_, event, channel) => {
      emitted.push(`${event} ${channel}`)
    })
    await run({ port: await server.listening(), emitted, server })
  })

const answerTo = async (port: number, frame: string): Promise<unknown> => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/app/${CREDENTIALS.key}`)
  await once(socket, 'message')
  socket.send(frame)
  const [answer] = await once(socket, 'message')
  return JSON.parse(JSON.parse(String(answer)).data)
}

test('tells of the first member of a presence channel and of the last that goes', () =>
  withServer(async ({ port, emitted, server }) => {
    const user = new ChatUser(CREDENTIALS, port, 'u1')
    await user.join('presence-a')
    await server.close()
    user.disconnect()
    assert.equal(emitted, [
      'channel_occupied presence-a',
      'member_added presence-a',
      'member_removed presence-a',
      'channel_vacated presence-a',
    ])
  }))

test('tells neither of a member who is there already', () =>
  withServer(async ({ port, emitted, server }) => {
    const users = ['u1', 'u1'].map((id) => new ChatUser(CREDENTIALS, port, id))
    for (const user of users) await user.join('presence-a')
    const told = [...emitted]
    for (const user of users) user.disconnect()
    await server.close()
    assert.equal(told, ['channel_occupied presence-a', 'member_added presence-a'])
  }))

test('tells of a cache channel that has nothing, and of the number of subscribers', () =>
  withServer(async ({ port, emitted, server }) => {
    const user = new ChatUser(CREDENTIALS, port, 'u1')
    await user.join('cache-a')
    const told = [...emitted]
    user.disconnect()
    await server.close()
    assert.equal(told, ['channel_occupied cache-a', 'cache_miss cache-a', 'subscription_count cache-a'])
  }))

for (const [what, frame, code] of [
  ['a subscription that nobody has signed', { event: 'pusher:subscribe', data: { channel: 'private-a' } }, 4009],
  ['a client event from outside its channel', { event: 'client-a', channel: 'private-a', data: {} }, 4301],
  ['what is no frame of the protocol', null, null],
] as const) {
  test(`refuses ${what}`, () =>
    withServer(async ({ port, server }) => {
      const answer = await answerTo(port, JSON.stringify(frame))
      await server.close()
      assert.is((answer as { code: unknown }).code, code)
    }))
}

test.run()
