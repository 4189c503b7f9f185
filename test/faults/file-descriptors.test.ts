import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { projectRoot } from '../support/project-root.js'
import { runProgram } from '../support/run-program.js'

const test = suite('a host that is out of file descriptors')

/** The thread dies twice while nothing can be opened for three seconds. */
const SCRIPT = `
  import { closeSync, openSync } from 'node:fs'
  import { setTimeout as pause } from 'node:timers/promises'
  import { createDispatcher } from 'signpost'
  import { startReceiver } from 'signpost/testing'
  const receiver = await startReceiver({ verify: false, timeoutMs: 60_000 })
  const dispatcher = await createDispatcher({
    apps: [{ id: 'app', key: 'k', secret: 's', webhooks: [{ url: receiver.url, event_types: ['channel_occupied'] }] }],
    dispatcher: { shards: 1 },
  })
  const app = dispatcher.app('app')
  app.channelOccupied('before')
  await dispatcher.flush()
  const taken = []
  const takeAll = () => {
    try {
      for (;;) taken.push(openSync('/dev/null'))
    } catch (error) {
      if (error.code !== 'EMFILE') throw error
    }
  }
  takeAll()
  const end = performance.now() + 3000
  await dispatcher.threads[0]?.terminate()
  takeAll()
  await pause(200)
  await dispatcher.threads[0]?.terminate()
  while (performance.now() < end) {
    takeAll()
    await pause(50)
  }
  for (const file of taken) closeSync(file)
  while (!app.channelOccupied('after')) await pause(50)
  await receiver.waitFor(({ received }) => received.some(({ channel }) => channel === 'after'))
  const { events } = await dispatcher.close()
  console.log(JSON.stringify({ left: events, restarts: dispatcher.stats().shard_restarts > 0 }))
  await receiver.close()
`

test('loses no shard when its threads die meanwhile', async () => {
  const script = `ulimit -n 256; exec "$0" --input-type=module --eval "$1"`
  const { output } = await runProgram('sh', ['-c', script, process.execPath, SCRIPT], { cwd: projectRoot })
  assert.equal(JSON.parse(output.trim().split('\n').at(-1) ?? ''), { left: 0, restarts: true }, output)
})

test.run()
