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

export interface StoreOptions {
  /** Whether the process delivers what is in a queue that processes share, unless the configuration says. */
  readonly consumes?: boolean
  /** How long a process may not be heard of before it is taken for dead, in ms. */
  readonly leaseMs?: number
}

/** What the storage thread must know of the configuration. */
export function storeSettings(
  config: Config,
  { consumes = false, leaseMs = LEASE_MS }: StoreOptions = {},
): {
  readonly store: StoreSettings
  readonly suffixBytes: number
} {
  const { batching, payloadFormat } = config
  const isBare = payloadFormat === 'bare' && batching.durationMs === 0
  return { store: storeOf(config, { consumes, leaseMs }), suffixBytes: (isBare ? BARE : ENVELOPE).suffix.length }
}

function storeOf(config: Config, { consumes, leaseMs }: Required<StoreOptions>): StoreSettings {
  const { driver, disk, redis, redisCluster: cluster } = config.queue
  const options = { consumes: isConsumer(config.queue, consumes), leaseMs }
  if (driver === 'redis') return inRedis(redisServer(config), redis, redis.responseTimeoutMs, options)
  if (driver === 'redis-cluster') return inRedis(redisCluster(config), cluster, cluster.requestTimeoutMs, options)
  if (driver === 'sqs') return inSqs(config, isConsumer(config.queue, consumes))
  const { path, maxBytes, maxJobs, sync, deadLetters: letters } = disk
  return { driver: 'disk', path, maxBytes, maxJobs, sync, letters }
}

function inRedis(
  server: RedisServer,
  queue: RedisQueueConfig | RedisClusterQueueConfig,
  timeoutMs: number,
  { consumes, leaseMs }: Required<StoreOptions>,
): StoreSettings {
  const { prefix, concurrency, waitReplicas, maxBytes, deadLetters: letters, deliver, lanes } = queue
  return {
    ...{ driver: 'redis', server, prefix, owner: randomUUID(), concurrency, waitReplicas, timeoutMs, maxBytes },
    ...{ letters, leaseMs, shared: deliver === 'consumers' ? { lanes, consumes } : null },
  }
}

function inSqs({ queue: { sqs }, batching, apps, defaults }: Config, consumes: boolean): StoreSettings {
  const budgets = apps.flatMap(({ webhooks }) => webhooks.map(({ retry }) => retry.maxElapsedMs))
  return {
    driver: 'sqs',
    region: sqs.region,
    endpointUrl: sqs.endpointUrl,
    queueUrlPrefix: sqs.queueUrlPrefix,
    isFifo: sqs.fifo,
    visibilityTimeoutMs: sqs.visibilityTimeoutSeconds * 1000,
    maxMessages: sqs.maxMessages,
    waitTimeSeconds: sqs.waitTimeSeconds,
    concurrency: sqs.concurrency,
    isConsumer: consumes,
    maxBodyBytes: batching.maxBytes,
    longestBudgetMs: Math.max(defaults.retry.maxElapsedMs, ...budgets),
  }
}
