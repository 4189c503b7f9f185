import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { chartsOf } from '../../../src/cli/load/charts.js'
import { Histogram } from '../../../src/cli/load/histogram.js'
import type { ReceiverReport } from '../../../src/cli/load/messages.js'
import { Recording } from '../../../src/cli/load/recording.js'
import { type LoadReport, reportOf } from '../../../src/cli/load/report.js'
import { tableOf } from '../../../src/cli/load/table.js'
import { isWellFormed, textsOf } from '../../plot/markup.js'
import { driverReport, receiverReport, SETTINGS } from './support.js'

const test = suite('the report of signpost load')

/** 1000 events to two endpoints each, in two samples a second apart; latencies of 1 to 2000 ticks. */
function report(received: number, last: Partial<ReceiverReport> = {}, interrupted = false): LoadReport {
  const recording = new Recording(SETTINGS, driverReport(), 5000)
  recording.add(driverReport({ atMs: 6000, runMs: 1000, emittingMs: 1000, accepted: 600, delivered: 800 }), [
    receiverReport({ received: 800 }),
  ])
  const latency = new Histogram()
  for (let tick = 1; tick <= 2000; tick++) latency.record(tick)
  const driver = driverReport({
    phase: 'done',
    ...{ atMs: 7000, runMs: 2000, emittingMs: 1500, accepted: 1000, refused: { ring_full: 3 } },
    ...{ delivered: 2000, deliveredRequests: 40, attempts: 44, retries: 4, rssBytes: 150 * 1024 * 1024 },
    ...{ mainThreadCpuNs: 500_000, allThreadsCpuNs: 2_000_000 },
  })
  const half = receiverReport({ received: received / 2, ...last, latency: { counts: new Float64Array(), max: 0 } })
  recording.add(driver, [half, { ...half, latency: latency.take() }])
  return reportOf(SETTINGS, recording, interrupted)
}

test('expects every event once for each endpoint', () => {
  const { ok, events } = report(2000)
  assert.equal([ok, events.expected, events.lost], [true, 2000, 0])
})

test('counts what did not come as lost', () => {
  const { ok, events } = report(1990)
  assert.equal([ok, events.lost], [false, 10])
})

test('is not right when a signature is wrong', () => {
  assert.not(report(2000, { wrongSignatures: 1 }).ok)
})

test('is not right when an event is damaged', () => {
  assert.not(report(2000, { unreadable: 1 }).ok)
})

test('forgives repeated events, which at-least-once allows', () => {
  const { ok, events } = report(2000, { repeated: 2 })
  assert.equal([ok, events.repeated], [true, 4])
})

test('tells rates over the time that each took', () => {
  const { throughput } = report(2000)
  assert.equal([Math.round(throughput.emittedPerSecond), throughput.receivedPerSecond], [667, 1000])
})

test('tells latencies in ms', () => {
  const { p50, p99, max } = report(2000).latencyMs
  assert.ok(Math.abs(p50 - 10) < 0.1 && Math.abs(p99 - 19.8) < 0.2 && max === 20)
})

test('follows latency up to the last event', () => {
  const { byPercentile } = report(2000).latencyMs
  const [[first] = [-1], [last] = [-1]] = [byPercentile[0], byPercentile.at(-1)]
  assert.ok(first === 0 && last > 99.9 && last < 100)
})

test('tells the CPU of an event', () => {
  const { mainThreadCpuNsPerEvent, allThreadsCpuNsPerEvent } = report(2000).driver
  assert.equal([mainThreadCpuNsPerEvent, allThreadsCpuNsPerEvent], [500, 2000])
})

test('has a series of what happened between the samples', () => {
  const { series } = report(2000)
  assert.equal(
    series.map(({ inPerSecond, deliveredPerSecond, queued }) => [inPerSecond, deliveredPerSecond, queued]),
    [
      [600, 800, 400],
      [400, 1200, 0],
    ],
  )
})

test('has no latency for a sample in which nothing came', () => {
  assert.is(report(2000).series[0]?.latencyMs, null)
})

test('reads as a table', () => {
  const table = tableOf(report(2000))
  assert.match(table, /refused, offered again +3 ring full\n.*received +2,000 of 2,000/)
})

test('says in its last line what is wrong', () => {
  assert.match(
    tableOf(report(1990, { wrongSignatures: 1 }, true)),
    /FAILED: 10 events lost, 2 wrong signatures \(ended early\)\.$/,
  )
})

test('draws four charts in one document', () => {
  const svg = chartsOf(report(2000))
  assert.ok(
    isWellFormed(svg) && ['Throughput', 'Latency over time', 'Queue'].every((title) => textsOf(svg).includes(title)),
  )
})

test('writes percentiles at the axis', () => {
  const texts = textsOf(chartsOf(report(2000)))
  assert.ok(['0 %', '90 %', '99 %', '99.9 %'].every((tick) => texts.includes(tick)))
})

test.run()
