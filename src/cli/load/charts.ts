import { type Axis, lineChart } from '../../plot/line-chart.js'
import { stackCharts } from '../../plot/stack.js'
import { describeSettings } from './describe-settings.js'
import type { Sample } from './recording.js'
import type { LoadReport } from './report.js'

const TIME: Axis = { label: 'time since the first event (s)' }

/** Latency by percentile; throughput, latency and queue over time. An SVG document. */
export function chartsOf(report: LoadReport): string {
  const { series, latencyMs, settings } = report
  return stackCharts(
    [
      lineChart({
        title: `From due to received: ${describeSettings(settings)}`,
        x: { label: 'percentile: share of events that were no slower', scale: 'log', format: percentileText },
        y: { label: 'latency (ms)', scale: 'log' },
        series: [
          {
            name: `${latencyMs.count.toLocaleString('en')} events`,
            points: latencyMs.byPercentile.map(([percentile, ms]) => [100 / (100 - percentile), ms]),
          },
        ],
      }),
      lineChart({
        title: 'Throughput',
        x: TIME,
        y: { label: 'events/s' },
        series: [
          { name: 'accepted', points: overTime(series, ({ inPerSecond }) => inPerSecond) },
          { name: 'received', points: overTime(series, ({ deliveredPerSecond }) => deliveredPerSecond) },
        ],
      }),
      lineChart({
        title: 'Latency over time',
        x: TIME,
        y: { label: 'latency (ms)', scale: 'log' },
        series: [
          { name: 'p50', points: overTime(series, ({ latencyMs }) => latencyMs?.p50 ?? Number.NaN) },
          { name: 'p99', points: overTime(series, ({ latencyMs }) => latencyMs?.p99 ?? Number.NaN) },
        ],
      }),
      lineChart({
        title: 'Queue',
        x: TIME,
        y: { label: 'events not yet settled' },
        series: [{ name: 'queued', points: overTime(series, ({ queued }) => queued) }],
      }),
    ],
    'signpost load',
  )
}

function overTime(series: readonly Sample[], valueIn: (sample: Sample) => number): (readonly [number, number])[] {
  return series.map((sample) => [sample.atSeconds, valueIn(sample)])
}

/** The axis counts one in how many events is slower. */
function percentileText(oneIn: number): string {
  return `${Number((100 - 100 / oneIn).toPrecision(8))} %`
}
