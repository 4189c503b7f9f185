// time limit: 300 s

import type { Worker } from 'node:worker_threads'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import type { InternalOptions, WorkerDispatcher } from '../../src/dispatcher/dispatcher.js'
import { type ConfigInput, createDispatcher } from '../../src/index.js'
import { isLong } from '../support/effort.js'
import { FaultInjector, faultyThreads } from '../support/fault-injection.js'
import { countedApps, Load } from '../support/load.js'
import { Tally } from '../support/tally.js'
import { until } from '../support/until.js'

const test = suite('a storage thread that dies')

const APPS = 20
const DEATHS = isLong ? 8 : 3
const INTENSITY = { restarts: 100, withinMs: 1000 }

interface Rig {
  readonly dispatcher: WorkerDispatcher
  readonly load: Load
  readonly tally: Tally
}

/** Runs a dispatcher with a disk queue of its own under load, and ends it. */
async function withLoad(options: InternalOptions, run: (rig: Rig) => Promise<void>): Promise<void> {
  await using tally = await Tally.start()
  const folder = temporaryFolder()
  const apps = countedApps(tally, APPS)
  const config: ConfigInput = {
    app_manager: { driver: 'memory', array: { apps } },
    webhooks: { batching: { enabled: true, duration: 20 } },
    queue: { driver: 'disk', disk: { path: folder.path, max_bytes: 32 * 1024 * 1024 } },
    dispatcher: { shards: 2 },
  }
  const dispatcher = await startDispatcher(config, { intensity: INTENSITY, ...options })
  try {
    await run({ dispatcher, load: new Load(dispatcher, apps), tally })
  } finally {
    await dispatcher.close({ timeout: 5000 })
    folder.remove()
  }
}

/** The storage thread, as soon as there is one that is not the former. */
async function storageThread(dispatcher: WorkerDispatcher, former: Worker | null = null): Promise<Worker> {
  await until(() => dispatcher.storageThread !== null && dispatcher.storageThread !== former)
  return dispatcher.storageThread as Worker
}

async function nothingIsLost({ dispatcher, load, tally }: Rig): Promise<void> {
  await dispatcher.persisted()
  await dispatcher.flush()
  assert.equal(tally.missing(load.accepted), [])
  assert.equal([...tally.doubled], [])
}

test('loses nothing, again and again', async () => {
  await withLoad({}, async (rig) => {
    const { dispatcher, load } = rig
    let former: Worker | null = null
    for (let death = 0; death < DEATHS; death++) {
      former = await storageThread(dispatcher, former)
      await load.run(300)
      await former.terminate()
      await load.run(300)
    }
    await nothingIsLost(rig)
    await until(() => dispatcher.stats().stored_jobs === 0)
  })
})

test('loses nothing when threads of shards die too, and those with it', async () => {
  await withLoad({}, async (rig) => {
    const { dispatcher, load } = rig
    for (let death = 0; death < DEATHS; death++) {
      await load.run(300)
      const shard = dispatcher.threads[death % 2]
      const storage = death % 3 === 0 ? null : dispatcher.storageThread
      await Promise.all([shard?.terminate(), storage?.terminate()])
      await load.run(200)
    }
    await nothingIsLost(rig)
  })
})

test('that is stuck stops no delivery, and is reported', async () => {
  await withLoad({ threads: faultyThreads }, async (rig) => {
    const { dispatcher, load, tally } = rig
    const behind = new Promise<number>((resolve) => {
      dispatcher.once('queue-behind', ({ lagMs }) => resolve(lagMs))
    })
    await load.run(500)
    const thread = await storageThread(dispatcher)
    const injector = new FaultInjector()
    injector.inject('hang', thread.threadId)
    let lagMs: number | null = null
    void behind.then((ms) => {
      lagMs = ms
    })
    while (lagMs === null) await load.run(100)
    await dispatcher.flush()
    assert.equal(tally.missing(load.accepted), [])
    await thread.terminate()
    injector.close()
    await load.run(200)
    await nothingIsLost(rig)
    assert.ok(lagMs > 1000)
  })
})

test('makes a start fail with an error that says why, when it cannot open its store', async () => {
  const folder = temporaryFolder()
  const file = folder.write('a-file', '')
  const config: ConfigInput = { queue: { driver: 'disk', disk: { path: `${file}/queue` } } }
  try {
    const failure = await createDispatcher(config).then(
      async (dispatcher) => {
        await dispatcher.close()
        return null
      },
      (error: unknown) => error,
    )
    assert.instance(failure, Error)
    assert.match(String(failure), /a-file/)
  } finally {
    folder.remove()
  }
})

test.run()
