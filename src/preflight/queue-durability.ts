import type { QueueConfig, QueueDriverName, SqsQueueConfig } from '../config/model.js'

/** What a queue keeps, in the words of the start line. */
const KEEPS: Readonly<Record<QueueDriverName, string>> = {
  memory: 'what is undelivered at exit is lost',
  none: 'webhooks are off',
  disk: 'what is stored survives the process',
  redis: 'what is stored survives the process, as durably as Redis keeps it',
  'redis-cluster': 'what is stored survives the process, as durably as Redis keeps it',
  sqs: 'what is sent survives the process',
}

/** The queue and how durable it is: `memory (what is undelivered at exit is lost)`. */
export function describeQueue({ driver, sqs }: QueueConfig): string {
  return `${driver} (${KEEPS[driver]}${driver === 'sqs' ? `; ${orderOf(sqs)}` : ''})`
}

function orderOf({ fifo }: SqsQueueConfig): string {
  return fifo ? 'a FIFO queue keeps order at concurrency 1' : 'a standard queue keeps no order'
}
