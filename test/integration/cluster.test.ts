import { existsSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { projectRoot } from '../support/project-root.js'
import { runProgram } from '../support/run-program.js'

const test = suite('a dispatcher in a worker of node:cluster')

/** A primary with workers that each deliver an event and print their start line. */
const CLUSTER = `
  import cluster from 'node:cluster'
  import { once } from 'node:events'
  import { createDispatcher } from 'signpost'
  import { startReceiver } from 'signpost/testing'

  const WORKERS = 2
  if (cluster.isPrimary) {
    const receiver = await startReceiver({ verify: false, timeoutMs: 60_000 })
    const workers = Array.from({ length: WORKERS }, () => cluster.fork({ RECEIVER: receiver.url }))
    await Promise.all(workers.map((worker) => once(worker, 'exit')))
    console.log('delivered', receiver.received.map(({ channel }) => channel).sort().join())
    await receiver.close()
  } else {
    const webhook = { url: process.env.RECEIVER, event_types: ['channel_occupied'] }
    const log = (fields, message) => { if (message.startsWith('started')) console.log(message) }
    const dispatcher = await createDispatcher(
      { apps: [{ id: 'app', key: 'key', secret: 'secret', webhooks: [webhook] }] },
      { logger: { info: log, warn: log, error: log } },
    )
    dispatcher.app('app').channelOccupied('worker-' + cluster.worker.id)
    await dispatcher.close({ timeout: 30_000 })
    cluster.worker.disconnect()
  }
`

test('divides the cores by the workers, says so, and delivers', async () => {
  const folder = temporaryFolder(`${projectRoot}/.cache`)
  try {
    const { output } = await runProgram(process.execPath, [folder.write('cluster.mjs', CLUSTER)], { cwd: projectRoot })
    const lines = output.trim().split('\n')
    assert.match(lines[0] ?? '', /^started: shards: \d+ \(cores: \d+, cluster workers: \d+\), memory: /, output)
    if (existsSync(`/proc/self/task/${process.pid}/children`)) assert.match(output, /cluster workers: 2\)/)
    assert.is(lines.at(-1), 'delivered worker-1,worker-2', output)
  } finally {
    folder.remove()
  }
})

test.run()
