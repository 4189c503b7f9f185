import { loadPackage } from '../load-package.js'
import { HOST_METRICS, LATENCY_BOUNDS_MS, SHARD_METRICS, STORAGE_METRICS } from './layout.js'
import { latencyBuckets, latencySum, type ShardSource, snapshot, storageFigures } from './snapshot.js'

/**
 * The Prometheus text of all counters, a label `shard` on each, and a histogram of the time from emit to acknowledgement.
 * The counters live in shared memory, so the text is made from a snapshot and the registry holds nothing between calls.
 */
export async function prometheusText(
  sources: readonly ShardSource[],
  apps: number,
  storage: SharedArrayBuffer | null = null,
): Promise<string> {
  const { Gauge, Counter, Registry } = loadPackage<typeof import('prom-client')>('prom-client')
  const registry = new Registry()
  const { shards } = snapshot(sources, apps, storage)
  for (const { name, kind, help } of [...HOST_METRICS, ...SHARD_METRICS]) {
    const options = { help, labelNames: ['shard'], registers: [registry] }
    const metric =
      kind === 'counter'
        ? new Counter({ ...options, name: `signpost_${name}_total` })
        : new Gauge({ ...options, name: `signpost_${name}` })
    shards.forEach((shard, index) => {
      metric.inc({ shard: String(index) }, shard[name])
    })
  }
  new Gauge({ name: 'signpost_apps', help: 'Apps that are configured', registers: [registry] }).set(apps)
  const figures = storageFigures(storage)
  for (const { name, kind, help } of STORAGE_METRICS) {
    const options = { help, registers: [registry] }
    if (kind === 'counter') new Counter({ ...options, name: `signpost_${name}_total` }).inc(figures[name])
    else new Gauge({ ...options, name: `signpost_${name}` }).set(figures[name])
  }
  const text = await registry.metrics()
  return text + latencyText(sources)
}

/** prom-client's histogram takes single observations only; ours is counted already. */
function latencyText(sources: readonly ShardSource[]): string {
  const name = 'signpost_delivery_latency_seconds'
  const lines = [`# HELP ${name} Time from emit to acknowledgement`, `# TYPE ${name} histogram`]
  let cumulative = 0
  latencyBuckets(sources).forEach((events, bucket) => {
    cumulative += events
    const bound = LATENCY_BOUNDS_MS[bucket]
    lines.push(`${name}_bucket{le="${bound === undefined ? '+Inf' : bound / 1000}"} ${cumulative}`)
  })
  lines.push(`${name}_sum ${latencySum(sources) / 1000}`, `${name}_count ${cumulative}`)
  return `${lines.join('\n')}\n`
}
