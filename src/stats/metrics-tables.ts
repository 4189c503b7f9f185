import { HOST_METRICS, type Metric, SHARD_METRICS, STORAGE_METRICS } from './layout.js'
import { seriesName } from './prometheus.js'

const TITLES: readonly (readonly [title: string, metrics: readonly Metric[]])[] = [
  ['Counted on the main thread, per shard', HOST_METRICS],
  ['Counted by a shard', SHARD_METRICS],
  ['Counted by the storage thread', STORAGE_METRICS],
]

/** The Markdown tables of all counters and gauges. */
export function metricsTables(): string {
  return TITLES.map(([title, metrics]) => `### ${title}\n\n${table(metrics)}`).join('\n\n')
}

function table(metrics: readonly Metric[]): string {
  const rows = metrics.map((metric) => {
    const { name, kind, help } = metric
    return `| \`${name}\` | \`${seriesName(name, kind)}\` | ${kind} | ${help} |`
  })
  return ['| `stats()` | Prometheus | Kind | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n')
}
