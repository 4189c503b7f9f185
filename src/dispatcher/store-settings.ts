import { randomUUID } from 'node:crypto'
import { BARE, ENVELOPE } from '../arena/body.js'
import type { Config } from '../config/index.js'
import type { RedisClusterQueueConfig, RedisQueueConfig } from '../config/model.js'
import type { RedisServer } from '../queue/redis/options.js'
import type { StoreSettings } from '../storage/messages.js'
import { isConsumer } from './queue-modes.js'
import { redisCluster, redisServer } from './redis-server.js'

/** A process that was not heard of for so long may be taken for dead, in ms. */
const LEASE_MS = 15_000

/**
 * What the storage thread must know of the configuration.
 * @param consumes whether the process delivers what is in a queue that processes share, unless the configuration says
 */
export function storeSettings(
  config: Config,
  consumes = false,
): {
  readonly store: StoreSettings
  readonly suffixBytes: number
} {
  const { batching, payloadFormat } = config
  const isBare = payloadFormat === 'bare' && batching.durationMs === 0
  return { store: storeOf(config, consumes), suffixBytes: (isBare ? BARE : ENVELOPE).suffix.length }
}

function storeOf(config: Config, consumes: boolean): StoreSettings {
  const { driver, disk, redis, redisCluster: cluster } = config.queue
  if (driver === 'redis')
    return inRedis(redisServer(config), redis, redis.responseTimeoutMs, isConsumer(config.queue, consumes))
  if (driver === 'redis-cluster') {
    return inRedis(redisCluster(config), cluster, cluster.requestTimeoutMs, isConsumer(config.queue, consumes))
  }
  const { path, maxBytes, maxJobs, sync, deadLetters: letters } = disk
  return { driver: 'disk', path, maxBytes, maxJobs, sync, letters }
}

function inRedis(
  server: RedisServer,
  {
    prefix,
    concurrency,
    waitReplicas,
    maxBytes,
    deadLetters,
    deliver,
    lanes,
  }: RedisQueueConfig | RedisClusterQueueConfig,
  timeoutMs: number,
  consumes: boolean,
): StoreSettings {
  const owner = randomUUID()
  return {
    ...{ driver: 'redis', server, prefix, owner, concurrency, waitReplicas, timeoutMs, maxBytes },
    ...{ letters: deadLetters, leaseMs: LEASE_MS },
    shared: deliver === 'consumers' ? { lanes, consumes } : null,
  }
}
