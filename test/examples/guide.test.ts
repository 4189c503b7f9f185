import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createDispatcher } from 'signpost'
import { startReceiver } from 'signpost/testing'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runProgram } from '../support/run-program.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { replayAll } from './guide/dead-letters.js'
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

test.run()
