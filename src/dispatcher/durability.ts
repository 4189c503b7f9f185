import type { QueueDriverName } from '../config/index.js'
import type { StoreRecovery } from '../queue/job-store.js'

const DURABLE: ReadonlySet<QueueDriverName> = new Set(['disk', 'redis', 'redis-cluster', 'sqs'])

/** Whether what the queue stores outlives the process. */
export function isDurable(driver: QueueDriverName): boolean {
  return DURABLE.has(driver)
}

export const NOTHING_RECOVERED: StoreRecovery = { jobs: 0, events: 0, deadLetters: 0, damaged: 0 }
