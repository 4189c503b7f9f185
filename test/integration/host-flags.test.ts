// time limit: 300 s

import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type TemporaryFolder, temporaryFolder } from '../../scripts/temporary-folder.js'
import { isLong } from '../support/effort.js'
import { projectRoot } from '../support/project-root.js'
import { runProgram } from '../support/run-program.js'

const test = suite('worker threads')

/** Spread over the time that a thread takes to load. */
const KILLS_EACH = isLong ? 40 : 10
const PAUSE_MS = isLong ? 4 : 16
const KILLS_OF_SPARES = isLong ? 20 : 8

/** A host that delivers an event, also after its thread was ended, and prints what its threads said on the way. */
const HOST = `
  import { once } from 'node:events'
  import { createDispatcher } from 'signpost'
  import { startReceiver } from 'signpost/testing'
  const receiver = await startReceiver({ verify: false, timeoutMs: 60_000 })
  const dispatcher = await createDispatcher({
    apps: [{ id: 'app', key: 'k', secret: 's', webhooks: [{ url: receiver.url, event_types: ['channel_occupied'] }] }],
    dispatcher: { shards: 1 },
  })
  const restarted = once(dispatcher, 'shard-restart')
  dispatcher.app('app').channelOccupied('a')
  await dispatcher.flush()
  await dispatcher.threads[0]?.terminate()
  await restarted
  dispatcher.app('app').channelOccupied('b')
  await dispatcher.flush()
  console.log('delivered', receiver.received.length)
  await dispatcher.close()
  await receiver.close()
`

/** Starts threads and ends each while it loads, at another moment of its loading. */
const KILLS_OF_BUNDLE = `
  import { setTimeout as pause } from 'node:timers/promises'
  import { createDispatcher } from 'signpost'
  for (let kill = 0; kill < ${KILLS_OF_SPARES}; kill++) {
    const dispatcher = await createDispatcher({ dispatcher: { shards: 1 } })
    const died = new Promise((resolve) => dispatcher.threads[0].once('exit', resolve))
    await dispatcher.threads[0].terminate()
    await died
    // The next spare loads now.
    await pause((kill * 320) / ${KILLS_OF_SPARES})
    await dispatcher.close()
  }
  console.log('survived')
`

const KILLS = `
  import { Piscina } from 'piscina'
  import { setTimeout as pause } from 'node:timers/promises'
  const filename = ${JSON.stringify(join(projectRoot, 'dist', 'src', 'shard', 'worker.cjs'))}
  for (let kill = 0; kill < ${KILLS_EACH}; kill++) {
    const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1, atomics: 'disabled' })
    await pause(kill * ${PAUSE_MS})
    await pool.destroy()
  }
  console.log('survived')
`

function withQueue(driver: string, folder: TemporaryFolder): string {
  const queue = `queue: { driver: '${driver}', disk: { path: ${JSON.stringify(join(folder.path, 'queue'))} } },`
  return HOST.replace('dispatcher: {', `${queue} dispatcher: {`)
}

async function runHost(flags: (folder: TemporaryFolder) => readonly string[], source = HOST) {
  // Where the package's own name resolves.
  const folder = temporaryFolder(join(projectRoot, '.cache'))
  try {
    const args = [...flags(folder), folder.write('host.mjs', source)]
    return await runProgram(process.execPath, args, { cwd: projectRoot })
  } finally {
    folder.remove()
  }
}

test('get the modules that the host is started with by --import', async () => {
  const { output } = await runHost((folder) => ['--import', folder.write('preload.mjs', SAYS_THREAD)])
  assert.match(output, /preloaded in a thread[\s\S]*delivered 2\n/)
})

test('run when the host is started with a module by --require that requires an ES module', async () => {
  const { output } = await runHost((folder) => {
    folder.write('module.mjs', 'export const answer = 42')
    return ['--require', folder.write('preload.cjs', "require('./module.mjs')")]
  })
  assert.match(output, /delivered 2\n/)
})

for (const driver of ['memory', 'disk']) {
  test(`run when the host forbids code from strings, with the queue ${driver}`, async () => {
    const folder = temporaryFolder()
    try {
      const { output } = await runHost(() => ['--disallow-code-generation-from-strings'], withQueue(driver, folder))
      assert.is(output, 'delivered 2\n')
    } finally {
      folder.remove()
    }
  })

  test(`run when the program is given by --eval, with the queue ${driver}`, async () => {
    const folder = temporaryFolder()
    try {
      const args = ['--input-type=module', '--eval', withQueue(driver, folder)]
      const { output } = await runProgram(process.execPath, args, { cwd: projectRoot })
      assert.is(output, 'delivered 2\n')
    } finally {
      folder.remove()
    }
  })
}

for (const [what, source] of [
  ['of the compiled sources', KILLS],
  ['of the package', KILLS_OF_BUNDLE],
] as const) {
  test(`${what} may be ended at any moment while they load, and the process lives on`, async () => {
    const { status, output } = await runHost(() => [], source)
    assert.equal([status, output], [0, 'survived\n'])
  })
}

const SAYS_THREAD = `
  import { writeSync } from 'node:fs'
  import { isMainThread } from 'node:worker_threads'
  if (!isMainThread) writeSync(1, 'preloaded in a thread\\n')
`

test.run()
