import type { QueueConfig } from './model.js'
import type { ParsedConfig } from './parsed.js'

export function toQueue({ redis, redis_cluster: cluster, sqs, disk, ...given }: ParsedConfig['queue']): QueueConfig {
  return {
    driver: given.driver,
    onFailure: given.on_failure,
    consume: given.consume ?? null,
    spillPath: given.spill_path ?? null,
    disk: {
      path: disk.path,
      maxBytes: disk.max_bytes,
      maxJobs: disk.max_jobs,
      sync: disk.sync,
      afterMs: disk.after_ms,
      orphanGraceMs: disk.orphan_grace_ms,
      deadLetters: { maxBytes: disk.dead_letters.max_bytes, maxAgeMs: disk.dead_letters.max_age_ms },
    },
    redis: {
      ...toShared(redis),
      urlOverride: redis.url_override ?? null,
      responseTimeoutMs: redis.response_timeout_ms,
    },
    redisCluster: { ...toShared(cluster), nodes: toNodes(cluster.nodes), requestTimeoutMs: cluster.request_timeout_ms },
    sqs: {
      region: sqs.region,
      queueUrlPrefix: sqs.queue_url_prefix ?? null,
      visibilityTimeoutSeconds: sqs.visibility_timeout,
      endpointUrl: sqs.endpoint_url ?? null,
      maxMessages: sqs.max_messages,
      waitTimeSeconds: sqs.wait_time_seconds,
      concurrency: sqs.concurrency,
      fifo: sqs.fifo,
      messageGroupId: sqs.message_group_id ?? null,
    },
  }
}

/** Where Sockudo looks for a cluster of which no node is named. */
const USUAL_NODES: readonly string[] = [7000, 7001, 7002].map((port) => `redis://127.0.0.1:${port}`)

function toNodes(nodes: readonly string[]): readonly string[] {
  return nodes.length === 0 ? USUAL_NODES : nodes
}

type Shared = Pick<
  ParsedConfig['queue']['redis'],
  'concurrency' | 'prefix' | 'deliver' | 'lanes' | 'wait_replicas' | 'max_bytes' | 'dead_letters'
>

function toShared(shared: Shared) {
  const { concurrency, prefix, deliver, lanes, wait_replicas: waitReplicas, max_bytes: maxBytes } = shared
  const { max_bytes: letterBytes, max_age_ms: maxAgeMs } = shared.dead_letters
  const deadLetters = { maxBytes: letterBytes, maxAgeMs }
  return { concurrency, prefix, deliver, lanes, waitReplicas, maxBytes, deadLetters }
}
