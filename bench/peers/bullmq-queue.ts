import type { ContenderOptions } from '../contender.js'

export const QUEUE_NAME = 'webhooks'

export interface BullmqWorkerData {
  readonly options: ContenderOptions
  /** The path of the Redis's socket. */
  readonly redisPath: string
  /** Its one element counts the events that were acknowledged. */
  readonly delivered: BigInt64Array
}
