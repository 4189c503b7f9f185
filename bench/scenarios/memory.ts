import type { Readable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import type { WorkerDispatcher } from '../../src/dispatcher/dispatcher.js'
import { SECRET, verify } from '../harness/against.js'
import { ReceiverProcess } from '../harness/receiver-process.js'
import { entrants, type Measured, type Scenario } from '../scenario.js'

const IDLE = 'bytes of the main thread’s heap per app'
const ACTIVE = 'bytes of the shard’s heap per app'
const AT_REST = 'bytes of the shard’s heap per app at rest'
const RSS = 'RSS, MiB'
const HEAP = 'heap of the main thread, MiB'
const START = 'seconds to create the dispatcher'

const MiB = 2 ** 20
const FEW = 1000
const MANY = 10_000
const LOOK_MS = 500

function webhookApps(count: number, url: string) {
  return Array.from({ length: count }, (_, index) => ({
    id: `app-${index}`,
    key: `key-${index}`,
    secret: SECRET,
    webhooks: [{ url: `${url}${index}`, event_types: ['member_added'] }],
  }))
}

async function start(count: number, url: string): Promise<WorkerDispatcher> {
  return startDispatcher({ dispatcher: { shards: 1 }, apps: webhookApps(count, url) }, {})
}

/** Apps that have emitted nothing: their shard does not know them yet. */
async function measureIdle(count: number): Promise<Measured> {
  const before = heapUsed()
  const startMs = performance.now()
  const dispatcher = await start(count, 'https://customer.example/')
  const seconds = (performance.now() - startMs) / 1000
  const after = heapUsed()
  const rss = process.memoryUsage.rss()
  await dispatcher.close()
  return {
    figures: { [IDLE]: (after - before) / count, [HEAP]: after / MiB, [RSS]: rss / MiB, [START]: seconds },
  }
}

/** Apps that have emitted once and whose event is delivered, from what more of them add to the heap of the thread, at once and once they rest. */
async function measureInShard(count: number): Promise<Measured> {
  const receiver = await ReceiverProcess.start({ secret: SECRET })
  try {
    const dispatcher = await start(FEW + count, receiver.url)
    await emitOnce(dispatcher, 0, FEW)
    const before = await shardHeap(dispatcher)
    await emitOnce(dispatcher, FEW, FEW + count)
    const active = ((await shardHeap(dispatcher)) - before) / count
    await rest(dispatcher)
    const atRest = await shardHeap(dispatcher)
    await verify(receiver, FEW + count)
    await dispatcher.close()
    const withoutApps = before - FEW * active
    return { figures: { [ACTIVE]: active, [AT_REST]: (atRest - withoutApps) / (FEW + count) } }
  } finally {
    await receiver.stop()
  }
}

async function emitOnce(dispatcher: WorkerDispatcher, from: number, to: number): Promise<void> {
  for (let app = from; app < to; app++) {
    if (!dispatcher.app(`app-${app}`).memberAdded('presence-room', 'user')) throw new Error('an event was refused')
  }
  await dispatcher.flush()
}

async function rest(dispatcher: WorkerDispatcher): Promise<void> {
  while (dispatcher.stats().active_apps > 0) await wait(LOOK_MS)
}

interface HeapSnapshot {
  readonly snapshot: { readonly meta: { readonly node_fields: readonly string[] } }
  readonly nodes: readonly number[]
}

/** What lives on the heap of the shard's thread, in bytes: a snapshot collects garbage first. */
async function shardHeap(dispatcher: WorkerDispatcher): Promise<number> {
  const [thread] = dispatcher.threads
  if (thread == null) throw new Error('the shard has no thread')
  const stream: Readable = await thread.getHeapSnapshot()
  const { snapshot, nodes } = (await json(stream)) as HeapSnapshot
  const fields = snapshot.meta.node_fields
  const sizeAt = fields.indexOf('self_size')
  let bytes = 0
  for (let node = 0; node < nodes.length; node += fields.length) bytes += nodes[node + sizeAt] ?? 0
  return bytes
}

function heapUsed(): number {
  if (globalThis.gc === undefined) throw new Error('the process was started without --expose-gc')
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

/** Left out of a quick look: apps are put to rest in their own time. */
const IN_SHARD = {
  title: 'apps that have emitted once',
  entrants: entrants(['Signpost'], () => measureInShard(MANY)),
}

export const memory: Scenario = {
  title: 'Memory',
  method:
    'Each app has one webhook, its configuration included. On the main thread: the growth of the heap after a collection. In the shard: the ' +
    'difference of two heap snapshots of its thread, between which so many apps emitted their first event and had it delivered, so what is left of their ' +
    'connections is in it; and once more when the shard has put them to rest, a minute later. RSS is that of the whole process: both threads, ring (4 MiB) and arena (64 MiB as far as it was touched).',
  figures: [
    { name: IDLE, better: 'less' },
    { name: ACTIVE, better: 'less' },
    { name: AT_REST, better: 'less' },
    { name: HEAP, better: 'less' },
    { name: RSS, better: 'less' },
    { name: START, better: 'less' },
  ],
  nodeOptions: ['--expose-gc', '--max-old-space-size=8192'],
  turns: { full: 1, quick: 1 },
  cases: (isQuick) => [
    ...(isQuick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000]).map((count) => ({
      title: `${count.toLocaleString('en')} idle apps`,
      entrants: entrants(['Signpost'], () => measureIdle(count)),
    })),
    ...(isQuick ? [] : [IN_SHARD]),
  ],
}
