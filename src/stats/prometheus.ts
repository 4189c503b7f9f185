import { HOST_METRICS, LATENCY_BOUNDS_MS, SHARD_METRICS, STORAGE_METRICS } from './layout.js'
import { latencyBuckets, latencySum, type ShardSource, snapshot, storageFigures } from './snapshot.js'

/**
 * All counters in Prometheus' text format, those of shards with a label `shard`, and a histogram of the time from emit to
 * acknowledgement.
 */
export function prometheusText(
  sources: readonly ShardSource[],
  apps: number,
  storage: SharedArrayBuffer | null = null,
): string {
  const { shards } = snapshot(sources, apps, storage)
  const figures = storageFigures(storage)
  const families = [
    ...[...HOST_METRICS, ...SHARD_METRICS].map(({ name, kind, help }) =>
      family(name, kind, help, (series) => shards.map((shard, index) => `${series}{shard="${index}"} ${shard[name]}`)),
    ),
    family('apps', 'gauge', 'Apps that are configured', (series) => [`${series} ${apps}`]),
    ...STORAGE_METRICS.map(({ name, kind, help }) =>
      family(name, kind, help, (series) => [`${series} ${figures[name]}`]),
    ),
    latencyFamily(sources),
  ]
  return families.join('\n')
}

/** What Prometheus calls the series of a metric. */
export function seriesName(name: string, kind: 'counter' | 'gauge'): string {
  return kind === 'counter' ? `signpost_${name}_total` : `signpost_${name}`
}

/** @param samples the lines of a series */
function family(
  name: string,
  kind: 'counter' | 'gauge',
  help: string,
  samples: (series: string) => readonly string[],
): string {
  const series = seriesName(name, kind)
  return linesOf([`# HELP ${series} ${help}`, `# TYPE ${series} ${kind}`, ...samples(series)])
}

function latencyFamily(sources: readonly ShardSource[]): string {
  const name = 'signpost_delivery_latency_seconds'
  const lines = [`# HELP ${name} Time from emit to acknowledgement`, `# TYPE ${name} histogram`]
  let cumulative = 0
  latencyBuckets(sources).forEach((events, bucket) => {
    cumulative += events
    const bound = LATENCY_BOUNDS_MS[bucket]
    lines.push(`${name}_bucket{le="${bound === undefined ? '+Inf' : bound / 1000}"} ${cumulative}`)
  })
  lines.push(`${name}_sum ${latencySum(sources) / 1000}`, `${name}_count ${cumulative}`)
  return linesOf(lines)
}

function linesOf(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`
}
