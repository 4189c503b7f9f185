import { parentPort, workerData } from 'node:worker_threads'
import { Worker } from 'bullmq'
import { type BullmqWorkerData, QUEUE_NAME } from './bullmq-queue.js'
import { MAX_REQUESTS } from './limits.js'
import type { MemberEvent } from './member-event.js'
import { UndiciSender } from './undici-sender.js'

const { options, redisPath, delivered } = workerData as BullmqWorkerData
const sender = new UndiciSender(options.url, options.secret)
const worker = new Worker<readonly MemberEvent[]>(
  QUEUE_NAME,
  async ({ data }) => {
    await sender.send(data)
    Atomics.add(delivered, 0, BigInt(data.length))
  },
  {
    connection: { path: redisPath, maxRetriesPerRequest: null },
    concurrency: MAX_REQUESTS,
    removeOnComplete: { count: 0 },
  },
)
const fail = (error: Error) => {
  throw error
}
worker.on('error', fail)
worker.on('failed', (_job, error) => fail(error))

parentPort?.once('message', async () => {
  await worker.close()
  await sender.close()
  process.exit()
})
