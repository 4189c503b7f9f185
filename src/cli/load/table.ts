import { describeSettings } from './describe-settings.js'
import { mixText } from './mix-text.js'
import type { LoadReport } from './report.js'

type Row = readonly [name: string, value: string]

/** The report for people. */
export function tableOf(report: LoadReport): string {
  const sections = [settingsRows(report), eventRows(report), speedRows(report), driverRows(report)]
  const width = Math.max(...sections.flat().map(([name]) => name.length))
  const text = sections.map((rows) => rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n'))
  return [...text, `  ${verdict(report)}`].join('\n\n')
}

function settingsRows({ settings }: LoadReport): Row[] {
  const { receivers, endpoints, payload, mix, delayMs, delayShare, failShare, shards, seed } = settings
  return [
    ['load', describeSettings(settings)],
    ['mix', mixText(mix)],
    ['payload', payload.least === payload.most ? `${payload.least} B` : `${payload.least} to ${payload.most} B`],
    ['shards', shards === null ? 'default' : `${shards}`],
    [
      'receivers',
      `${receivers} process${receivers === 1 ? '' : 'es'}, ${endpoints} webhook${endpoints === 1 ? '' : 's'} per app`,
    ],
    ...(delayMs > 0 ? ([['delayed', `${percent(delayShare)} of requests by ${delayMs} ms`]] as const) : []),
    ...(failShare > 0 ? ([['failing', `${percent(failShare)} of requests with 500`]] as const) : []),
    ['seed', `${seed}`],
  ]
}

function eventRows({ events, requests }: LoadReport): Row[] {
  const refusals = Object.entries(events.refused).map(([cause, count]) => `${whole(count)} ${cause.replace('_', ' ')}`)
  return [
    ['emitted', whole(events.emitted)],
    ['refused, offered again', refusals.length === 0 ? '0' : refusals.join(', ')],
    ['received', `${whole(events.received)} of ${whole(events.expected)}`],
    ['lost', whole(events.lost)],
    ['repeated', whole(events.repeated)],
    ['dead letters', whole(events.deadLettered)],
    ['requests', `${whole(requests.made)}, ${whole(requests.retries)} retried`],
    ['events per request', requests.eventsPerRequest.toFixed(1)],
    ['signatures checked', `${whole(requests.signaturesChecked)}, ${whole(requests.wrongSignatures)} wrong`],
  ]
}

function speedRows({ throughput, latencyMs }: LoadReport): Row[] {
  const { p50, p90, p99, p999, max } = latencyMs
  const latency = `p50 ${ms(p50)}   p90 ${ms(p90)}   p99 ${ms(p99)}   p99.9 ${ms(p999)}   max ${ms(max)}`
  return [
    ['accepted', `${whole(throughput.emittedPerSecond)} events/s for ${throughput.emittingSeconds.toFixed(2)} s`],
    ['received', `${whole(throughput.receivedPerSecond)} events/s for ${throughput.totalSeconds.toFixed(2)} s`],
    ['from due to received', latencyMs.count === 0 ? 'nothing measured' : latency],
  ]
}

function driverRows({ driver }: LoadReport): Row[] {
  const { loopDelayMs, mainThreadCpuNsPerEvent: main, allThreadsCpuNsPerEvent: all, rssMiB } = driver
  return [
    ['loop delay', `p50 ${ms(loopDelayMs.p50)}   p99 ${ms(loopDelayMs.p99)}`],
    ['CPU per event', `${main === null ? '' : `main thread ${whole(main)} ns, `}all threads ${whole(all)} ns`],
    ['RSS', `${whole(rssMiB.start)} MiB at the start, ${whole(rssMiB.end)} at the end, ${whole(rssMiB.max)} at most`],
  ]
}

function verdict({ ok, interrupted, events, requests }: LoadReport): string {
  const early = interrupted ? ' (ended early)' : ''
  if (ok) return `Nothing lost, no wrong signature${early}.`
  const faults = [
    ...(events.lost === 0 ? [] : [`${whole(events.lost)} events lost`]),
    ...(requests.wrongSignatures === 0 ? [] : [`${whole(requests.wrongSignatures)} wrong signatures`]),
    ...(events.unreadable === 0 ? [] : [`${whole(events.unreadable)} events damaged`]),
  ]
  return `FAILED: ${faults.join(', ')}${early}.`
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`
}
