import { TICKS_PER_MS } from './clock.js'
import type { Histogram } from './histogram.js'
import type { Recording, Sample } from './recording.js'
import type { LoadSettings } from './settings.js'

/** What a run has shown. Events are counted once for each endpoint wherever receivers are concerned. */
export interface LoadReport {
  /** Nothing was lost and no signature was wrong. */
  readonly ok: boolean
  /** It was ended before its time. */
  readonly interrupted: boolean
  readonly settings: LoadSettings
  readonly events: {
    readonly emitted: number
    /** Times that `emit` said no, by cause; the events were offered again. */
    readonly refused: Readonly<Record<string, number>>
    readonly expected: number
    readonly received: number
    readonly lost: number
    readonly repeated: number
    readonly deadLettered: number
    /** Marks that a receiver could not read. */
    readonly unreadable: number
  }
  readonly requests: {
    readonly made: number
    readonly acknowledged: number
    readonly retries: number
    /** Answered with 500 on purpose. */
    readonly failed: number
    readonly eventsPerRequest: number
    readonly signaturesChecked: number
    readonly wrongSignatures: number
  }
  readonly throughput: {
    readonly emittingSeconds: number
    readonly emittedPerSecond: number
    readonly totalSeconds: number
    readonly receivedPerSecond: number
  }
  readonly latencyMs: Latency
  readonly driver: {
    readonly loopDelayMs: { readonly p50: number; readonly p99: number }
    /** null: this system does not tell it. */
    readonly mainThreadCpuNsPerEvent: number | null
    readonly allThreadsCpuNsPerEvent: number
    readonly rssMiB: { readonly start: number; readonly end: number; readonly max: number }
  }
  readonly series: readonly Sample[]
}

/** From when an event was due to its receipt, in ms; zeros when nothing was measured. */
export interface Latency {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
  /** Pairs of a percentile and its latency, half of the rest further each, up to the last event. */
  readonly byPercentile: readonly (readonly [percentile: number, ms: number])[]
}

export function reportOf(settings: LoadSettings, recording: Recording, interrupted: boolean): LoadReport {
  const { driver, receivers } = recording.last
  const expected = driver.accepted * settings.endpoints
  const lost = expected - receivers.received
  const wrong = receivers.wrongSignatures + receivers.unreadable
  const perEvent = (ns: number) => ns / Math.max(driver.accepted, 1)
  return {
    ok: lost === 0 && wrong === 0,
    interrupted,
    settings,
    events: {
      emitted: driver.accepted,
      refused: driver.refused,
      expected,
      received: receivers.received,
      lost,
      repeated: receivers.repeated,
      deadLettered: driver.deadLettered,
      unreadable: receivers.unreadable,
    },
    requests: {
      made: driver.attempts,
      acknowledged: driver.deliveredRequests,
      retries: driver.retries,
      failed: receivers.failed,
      eventsPerRequest: driver.delivered / Math.max(driver.deliveredRequests, 1),
      signaturesChecked: receivers.checked,
      wrongSignatures: receivers.wrongSignatures,
    },
    throughput: {
      emittingSeconds: driver.emittingMs / 1000,
      emittedPerSecond: perSecond(driver.accepted, driver.emittingMs),
      totalSeconds: driver.runMs / 1000,
      receivedPerSecond: perSecond(receivers.received, driver.runMs),
    },
    latencyMs: latencyOf(recording.latency),
    driver: {
      loopDelayMs: { p50: driver.loopDelayMs.p50, p99: driver.loopDelayMs.p99 },
      mainThreadCpuNsPerEvent: driver.mainThreadCpuNs === null ? null : perEvent(driver.mainThreadCpuNs),
      allThreadsCpuNsPerEvent: perEvent(driver.allThreadsCpuNs),
      rssMiB: {
        start: recording.startRssMiB,
        end: recording.series.at(-1)?.rssMiB ?? recording.startRssMiB,
        max: recording.maxRssMiB,
      },
    },
    series: recording.series,
  }
}

function perSecond(events: number, ms: number): number {
  return ms > 0 ? (events * 1000) / ms : 0
}

function latencyOf(ticks: Histogram): Latency {
  const at = (share: number) => ticks.quantile(share) / TICKS_PER_MS
  return {
    count: ticks.count,
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    p999: at(0.999),
    max: ticks.max / TICKS_PER_MS,
    byPercentile: sharesFor(ticks.count).map((share) => [share * 100, at(share)]),
  }
}

/** Four steps to every halving of what is left, as far as there are events beyond. */
function sharesFor(count: number): number[] {
  if (count === 0) return []
  const steps = Math.floor(Math.log2(count) * 4)
  return Array.from({ length: steps + 1 }, (_, step) => 1 - 2 ** (-step / 4))
}
