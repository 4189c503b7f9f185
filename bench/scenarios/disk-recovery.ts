import { monitorEventLoopDelay } from 'node:perf_hooks'
import { freePort } from '../../scripts/free-port.js'
import { SECRET } from '../harness/against.js'
import { withFolder } from '../harness/folder.js'
import { storeJobs } from '../harness/stored-jobs.js'
import { createDispatcher, type Dispatcher } from '../published.js'
import { entrants, type Measured, type Scenario } from '../scenario.js'

const START = 'ms to create the dispatcher'
const DELAY = 'longest delay of the host’s event loop meanwhile, ms'
const MEMORY = 'bytes of RSS per stored batch (bound: 64 on the long run)'
const RSS = 'RSS, MiB'

const MiB = 2 ** 20
const APPS = 100
const RESOLUTION_MS = 1

async function measure(count: number): Promise<Measured> {
  // Nobody listens there: what is stored stays so.
  const port = await freePort()
  const targets = Array.from({ length: APPS }, (_, index) => ({ app: `app-${index}`, endpoint: 'hook' }))
  const empty = await withFolder((path) => started(path, port))
  return withFolder(async (path) => {
    await storeJobs({ path, count, targets })
    globalThis.gc?.()
    const full = await started(path, port, count)
    return {
      figures: {
        [START]: full.ms,
        [DELAY]: full.delayMs,
        [MEMORY]: (full.rss - empty.rss) / count,
        [RSS]: full.rss / MiB,
      },
    }
  })
}

interface Started {
  readonly ms: number
  readonly delayMs: number
  readonly rss: number
}

async function started(path: string, port: number, expected = 0): Promise<Started> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  const startMs = performance.now()
  const dispatcher: Dispatcher = await createDispatcher({
    dispatcher: { shards: 1 },
    queue: { driver: 'disk', disk: { path } },
    apps: Array.from({ length: APPS }, (_, index) => ({
      id: `app-${index}`,
      key: 'key',
      secret: SECRET,
      webhooks: [{ id: 'hook', url: `http://127.0.0.1:${port}/`, event_types: ['member_added'] }],
    })),
  })
  const ms = performance.now() - startMs
  delay.disable()
  const { jobs } = dispatcher.recovery
  if (jobs !== expected) throw new Error(`${jobs} batches were recovered of ${expected}`)
  globalThis.gc?.()
  const rss = process.memoryUsage.rss()
  await dispatcher.close({ timeout: 1 })
  return { ms, delayMs: delay.max / 1e6, rss }
}

export const diskRecovery: Scenario = {
  title: 'The disk queue’s recovery',
  method:
    `A queue with so many batches of one event for ${APPS} apps, whose receivers are gone, is opened by a new dispatcher. ` +
    'Memory is the growth of the process’s RSS over a start on an empty queue, right after the start.',
  figures: [
    { name: START, better: 'less', isDrawn: true },
    { name: DELAY, better: 'less' },
    { name: MEMORY, better: 'less' },
    { name: RSS, better: 'less' },
  ],
  axis: { label: 'stored batches', figureScale: 'log' },
  nodeOptions: ['--expose-gc'],
  turns: { full: 2, quick: 1 },
  cases: (isQuick) =>
    (isQuick ? [1000, 10_000, 100_000] : [10_000, 100_000, 1_000_000]).map((count) => ({
      title: `${count.toLocaleString('en')} stored batches`,
      at: count,
      entrants: entrants(['Signpost, disk'], () => measure(count)),
    })),
}
