import type { QueueConfig } from '../config/model.js'

/** Whether batches are handed over to the queue, and delivered by whichever process consumes it. */
export function isHandedOver({ driver, redis, redisCluster }: QueueConfig): boolean {
  if (driver === 'sqs') return true
  if (driver === 'redis') return redis.deliver === 'consumers'
  return driver === 'redis-cluster' && redisCluster.deliver === 'consumers'
}

/**
 * Whether this process delivers what is in a queue that is handed over to.
 * @param byDefault where the configuration does not say
 */
export function isConsumer(queue: QueueConfig, byDefault: boolean): boolean {
  return isHandedOver(queue) && (queue.consume ?? byDefault)
}
