import type { HostFigures, ShardFigures, StorageFigures } from './figures.js'
import {
  HOST_LAYOUT,
  HOST_METRICS,
  type HostMetric,
  LATENCY_AT,
  LATENCY_BOUNDS_MS,
  LATENCY_SUM_AT,
  MAX_SIZE_CLASSES,
  type Metric,
  SHARD_LAYOUT,
  SHARD_METRICS,
  type ShardMetric,
  SIZE_CLASSES_AT,
  STORAGE_LAYOUT,
  STORAGE_METRICS,
  type StorageMetric,
} from './layout.js'
import type { SlabUsage } from './shard-counters.js'

/** Time from emit to acknowledgement, in ms; the quantiles are interpolated within a bucket. */
export interface LatencySummary {
  /** Events that were acknowledged. */
  readonly count: number
  /** The mean. */
  readonly meanMs: number
  /** The median. */
  readonly p50Ms: number
  /** The time that 99 % of the events did not exceed. */
  readonly p99Ms: number
  /** The time that 99.9 % of the events did not exceed. */
  readonly p999Ms: number
}

/** What is counted of one shard. */
export interface ShardStats extends HostFigures, ShardFigures {
  /** Bytes between the main thread and the shard. */
  readonly ring_backlog_bytes: number
  /** What is used of the shard's arena, by size class. */
  readonly slabs: readonly SlabUsage[]
}

/** Everything that is counted, at one moment. Figures are of all shards together, and of events unless the name says otherwise. */
export interface Stats extends HostFigures, ShardFigures, StorageFigures {
  /** Apps that are in force. */
  readonly apps: number
  /** Time from emit to acknowledgement. */
  readonly latency: LatencySummary
  /** The same figures of each shard. */
  readonly shards: readonly ShardStats[]
}

type Mutable<Figures> = { -readonly [Name in keyof Figures]: Figures[Name] }

export interface ShardSource {
  readonly host: Float64Array
  readonly shard: SharedArrayBuffer
  readonly ringBacklogBytes: number
}

/** Reads all blocks. `storage` is null without a durable queue. Never waits and asks nobody. */
export function snapshot(
  sources: readonly ShardSource[],
  apps: number,
  storage: SharedArrayBuffer | null = null,
): Stats {
  const shards = sources.map(shardStats)
  const buckets = latencyBuckets(sources)
  const total = <Name extends HostMetric | ShardMetric>({ name, over }: Metric & { readonly name: Name }): number => {
    const figures = shards.map((shard) => shard[name] as number)
    return over === 'max' ? Math.max(0, ...figures) : figures.reduce((sum, figure) => sum + figure, 0)
  }
  const stats = {} as Mutable<HostFigures & ShardFigures>
  for (const metric of HOST_METRICS) stats[metric.name] = total(metric)
  for (const metric of SHARD_METRICS) stats[metric.name] = total(metric)
  const latency = summarise(buckets, latencySum(sources))
  return Object.assign(stats, storageFigures(storage), { apps, latency, shards })
}

/** @param block null without a durable queue: all figures are 0 then */
export function storageFigures(block: SharedArrayBuffer | null): Readonly<Record<StorageMetric, number>> {
  const figures = block === null ? null : new Float64Array(block)
  const stats = {} as Record<StorageMetric, number>
  for (const { name } of STORAGE_METRICS) stats[name] = figures?.[STORAGE_LAYOUT.at[name]] ?? 0
  return stats
}

/** Events in each latency bucket, over all shards. */
export function latencyBuckets(sources: readonly ShardSource[]): number[] {
  const blocks = sources.map(({ shard }) => new Float64Array(shard))
  return Array.from({ length: LATENCY_BOUNDS_MS.length + 1 }, (_, bucket) =>
    blocks.reduce((sum, block) => sum + (block[LATENCY_AT + bucket] ?? 0), 0),
  )
}

/** Sum of all latencies in ms, over all shards. */
export function latencySum(sources: readonly ShardSource[]): number {
  return sources.reduce((sum, { shard }) => sum + (new Float64Array(shard)[LATENCY_SUM_AT] ?? 0), 0)
}

function shardStats({ host, shard, ringBacklogBytes }: ShardSource): ShardStats {
  const block = new Float64Array(shard)
  const slabs: SlabUsage[] = []
  for (let sizeClass = 0; sizeClass < MAX_SIZE_CLASSES; sizeClass++) {
    const at = SIZE_CLASSES_AT + sizeClass * 3
    const slabBytes = block[at] ?? 0
    if (slabBytes > 0) slabs.push({ slabBytes, used: block[at + 1] ?? 0, free: block[at + 2] ?? 0 })
  }
  // Property by property: a spread of so many takes V8 of Node 20 some 100 times as long.
  const stats = {} as Mutable<HostFigures & ShardFigures>
  for (const { name } of HOST_METRICS) stats[name] = host[HOST_LAYOUT.at[name]] ?? 0
  for (const { name } of SHARD_METRICS) stats[name] = block[SHARD_LAYOUT.at[name]] ?? 0
  return Object.assign(stats, { ring_backlog_bytes: ringBacklogBytes, slabs })
}

function summarise(buckets: readonly number[], sumMs: number): LatencySummary {
  const count = buckets.reduce((sum, events) => sum + events, 0)
  return {
    count,
    meanMs: count === 0 ? 0 : sumMs / count,
    p50Ms: quantile(buckets, count, 0.5),
    p99Ms: quantile(buckets, count, 0.99),
    p999Ms: quantile(buckets, count, 0.999),
  }
}

function quantile(buckets: readonly number[], count: number, share: number): number {
  let rest = count * share
  for (const [bucket, events] of buckets.entries()) {
    if (rest <= events && events > 0) {
      const low = LATENCY_BOUNDS_MS[bucket - 1] ?? 0
      const high = LATENCY_BOUNDS_MS[bucket] ?? low
      return low + ((high - low) * rest) / events
    }
    rest -= events
  }
  return 0
}
