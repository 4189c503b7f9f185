import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AppHandle, type AppInput, createDispatcher } from 'signpost'
import { createTestDispatcher, startReceiver } from 'signpost/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { runProgram } from '../support/run-program.js'
import { PatientEmitter } from './guide/backpressure.js'
import { PresenceChannel } from './guide/channel.js'
import { saveApp } from './guide/customers.js'
import { replayAll } from './guide/dead-letters.js'
import { watchHealth } from './guide/health.js'
import { serveMetrics } from './guide/metrics.js'
import { closeOnSigterm } from './guide/shutdown.js'

const test = suite('the guide')

const credentials = { key: 'app-key', secret: 'app-secret' }
const configFor = (url: string) => ({
  apps: [{ id: 'my-app', ...credentials, webhooks: [{ url, event_types: ['member_added', 'client_event'] }] }],
  webhooks: { retry: { enabled: false } },
})

test('its durable example delivers, and leaves a queue behind', async () => {
  const receiver = await startReceiver({ pusher: [{ key: 'key', secret: 'secret' }] })
  const folder = temporaryFolder()
  try {
    const example = fileURLToPath(new URL('./guide/durable.js', import.meta.url))
    const env = { ...process.env, WEBHOOK_URL: receiver.url }
    const { status, output } = await runProgram(process.execPath, [example], { cwd: folder.path, env })
    const names = receiver.received.map(({ name }) => name)
    const expected = { status: 0, output: 'recovered 0 batches with 0 events\n', names: ['member_added'] }
    assert.equal({ status, output, names }, expected)
    assert.ok(existsSync(join(folder.path, 'signpost-queue')))
  } finally {
    folder.remove()
    await receiver.close()
  }
})

test('its dead letter example delivers what was lost', async () => {
  const receiver = await startReceiver({ pusher: [credentials] })
  const dispatcher = await createDispatcher(configFor(receiver.url))
  try {
    receiver.fail({ status: 500, times: 1 })
    dispatcher.app('my-app').memberAdded('presence-room', 'user-1')
    await dispatcher.flush()
    const replayed = await replayAll(dispatcher, 'my-app')
    const event = await receiver.next('member_added')
    assert.equal([replayed, event.name], [1, 'member_added'])
  } finally {
    await dispatcher.close()
    await receiver.close()
  }
})

test('its SIGTERM example delivers what was accepted', async () => {
  const receiver = await startReceiver({ pusher: [credentials] })
  const dispatcher = await createDispatcher(configFor(receiver.url))
  try {
    closeOnSigterm(dispatcher)
    dispatcher.app('my-app').memberAdded('presence-room', 'user-1')
    const signalled = once(process, 'SIGTERM')
    process.kill(process.pid, 'SIGTERM')
    await signalled
    const event = await receiver.next('member_added')
    assert.is(event.name, 'member_added')
  } finally {
    await dispatcher.close()
    await receiver.close()
  }
})

test('its presence channel emits once per user, and once per channel', async () => {
  const emitted: string[] = []
  const note =
    (name: string) =>
    (...args: readonly unknown[]) => {
      emitted.push([name, ...args].join(' '))
      return true
    }
  const app = {
    channelOccupied: note('occupied'),
    channelVacated: note('vacated'),
    memberAdded: note('added'),
    memberRemoved: note('removed'),
  }
  const channel = new PresenceChannel(app as unknown as AppHandle, 'presence-room')
  channel.join('1', 'ann')
  channel.join('2', 'ann')
  channel.leave('1')
  channel.leave('2')
  assert.equal(emitted, [
    'occupied presence-room',
    'added presence-room ann',
    'removed presence-room ann',
    'vacated presence-room',
  ])
})

test('its ways of changing apps, waiting for room and serving metrics work', async () => {
  const receiver = await startReceiver({ pusher: [credentials] })
  const dispatcher = await createDispatcher({})
  const server = serveMetrics(dispatcher, 0)
  try {
    await once(server, 'listening')
    const { apps } = configFor(receiver.url)
    const app: AppInput = apps[0] ?? { id: 'my-app', ...credentials }
    const problems = await saveApp(dispatcher, { ...app, webhooks: [{ url: 'no url', event_types: ['member_added'] }] })
    const noUrl = 'webhooks[0].url: "no url" was given, expected a URL that starts with http:// or https://'
    const none = await saveApp(dispatcher, app)
    const event = { name: 'member_added', channel: 'presence-room', user_id: 'u1' }
    const emitter = new PatientEmitter(dispatcher)
    const accepted = await emitter.emit(dispatcher.app('my-app'), event)
    const refused = await emitter.emit(dispatcher.app('my-app'), { ...event, user_id: null })
    await dispatcher.flush()
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`)
    const text = await answer.text()
    assert.equal(
      [problems, none, accepted, refused, text.includes('signpost_delivered_total{shard="0"}')],
      [[noUrl], [], true, false, true],
    )
  } finally {
    server.close()
    server.closeAllConnections()
    await dispatcher.close()
    await receiver.close()
  }
})

test('its health follows what the dispatcher reports', () => {
  const dispatcher = createTestDispatcher({})
  const health = watchHealth(dispatcher)
  const seen = [health()]
  dispatcher.report('queue-down', { reason: 'down', message: 'the disk is gone' })
  seen.push(health())
  dispatcher.report('queue-up')
  dispatcher.report('shard-down', { shard: 0, cause: new Error('died'), retryInMs: 5000 })
  seen.push(health())
  assert.equal(seen, [
    { isAlive: true, isReady: true },
    { isAlive: true, isReady: false },
    { isAlive: false, isReady: false },
  ])
})

test.run()
