import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker as Thread } from 'node:worker_threads'
import { Queue } from 'bullmq'
import type { Contender, ContenderOptions } from '../contender.js'
import { Batches } from './batches.js'
import { type BullmqWorkerData, QUEUE_NAME } from './bullmq-queue.js'
import { InFlight } from './in-flight.js'
import { type MemberEvent, memberEvent } from './member-event.js'
import { RedisProcess } from './redis-process.js'

/** Events that may be on their way at once: past it the worker is so far behind that more only costs memory. */
const MOST_PENDING = 50_000
const POLL_MS = 5

/** Batches made on the main thread, a job each in a Redis beside it; a worker thread signs and sends them with undici. */
export function bullmqBatches(options: ContenderOptions): Promise<Contender> {
  return bullmq(options, (enqueue) => {
    const batches = new Batches(options.apps, enqueue)
    return {
      add: (app, channel, userId) => batches.add(app, channel, userId, Date.now()),
      sealAll: () => batches.sealAll(),
    }
  })
}

/** A job an event. */
export function bullmqEvents(options: ContenderOptions): Promise<Contender> {
  return bullmq(options, (enqueue) => ({
    add: (_app, channel, userId) => enqueue([memberEvent(channel, userId, Date.now())]),
    sealAll: () => undefined,
  }))
}

type Enqueue = (events: readonly MemberEvent[]) => void

interface Producer {
  add(app: number, channel: string, userId: string): void
  sealAll(): void
}

async function bullmq(options: ContenderOptions, producing: (enqueue: Enqueue) => Producer): Promise<Contender> {
  const redis = await RedisProcess.start()
  const delivered = new BigInt64Array(new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT))
  const workerData: BullmqWorkerData = { options, redisPath: redis.path, delivered }
  const thread = new Thread(new URL('./bullmq-worker.js', import.meta.url), { workerData })
  const queue = new Queue<readonly MemberEvent[]>(QUEUE_NAME, { connection: { path: redis.path } })
  const additions = new InFlight(Number.POSITIVE_INFINITY)
  let gathered: { name: string; data: readonly MemberEvent[] }[] = []
  let emitted = 0
  const addGathered = () => {
    if (gathered.length > 0) additions.track(queue.addBulk(gathered))
    gathered = []
  }
  const producer = producing((events) => {
    if (gathered.length === 0) setImmediate(addGathered)
    gathered.push({ name: 'batch', data: events })
  })
  return {
    emit: (app, channel, userId) => {
      if (emitted - Number(Atomics.load(delivered, 0)) >= MOST_PENDING) return false
      emitted += 1
      producer.add(app, channel, userId)
      return true
    },
    settle: async () => {
      producer.sealAll()
      addGathered()
      await additions.settled()
      while (Number(Atomics.load(delivered, 0)) < emitted) await wait(POLL_MS)
    },
    serverCpuNs: () => redis.cpuNs(),
    close: async () => {
      const exited = once(thread, 'exit')
      thread.postMessage('close')
      await exited
      await queue.close()
      await redis.stop()
    },
  }
}
