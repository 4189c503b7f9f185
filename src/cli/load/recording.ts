import { TICKS_PER_MS } from './clock.js'
import { Histogram } from './histogram.js'
import type { DriverReport, Phase, ReceiverReport } from './messages.js'
import type { LoadSettings } from './settings.js'

const MiB = 1024 * 1024

/** What happened since the sample before, and where the run stands. */
export interface Sample {
  readonly phase: Phase
  /** Since the first event was due. */
  readonly atSeconds: number
  /** From 0 to 1; null: the run's length is not known. */
  readonly progress: number | null
  readonly emitted: number
  readonly received: number
  readonly refusals: number
  readonly inPerSecond: number
  readonly deliveredPerSecond: number
  /** Events accepted and neither acknowledged nor given up, once for each endpoint. */
  readonly queued: number
  /** From due to received, in ms; null: nothing came, or only what belongs to the warm-up. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly p999: number } | null
  readonly loopDelayP99Ms: number
  readonly rssMiB: number
}

/** Receivers' counts together. */
export type ReceiverTotals = Readonly<
  Record<'requests' | 'received' | 'repeated' | 'failed' | 'checked' | 'wrongSignatures' | 'unreadable', number>
>

/** Makes a series of samples of what driver and receivers report. */
export class Recording {
  readonly series: Sample[] = []
  /** Over the whole run, in ticks. */
  readonly latency = new Histogram()
  maxRssMiB: number
  readonly startRssMiB: number
  last: { readonly driver: DriverReport; readonly receivers: ReceiverTotals }

  readonly #settings: LoadSettings
  readonly #epochMs: number

  constructor(
    settings: LoadSettings,
    /** Before the first event was due. */
    driver: DriverReport,
    epochMs: number,
  ) {
    this.#settings = settings
    this.#epochMs = epochMs
    this.startRssMiB = driver.rssBytes / MiB
    this.maxRssMiB = this.startRssMiB
    this.last = { driver: { ...driver, atMs: epochMs }, receivers: totals([]) }
  }

  add(driver: DriverReport, reports: readonly ReceiverReport[]): Sample {
    const before = this.last
    const receivers = totals(reports)
    const recent = new Histogram()
    for (const { latency } of reports) recent.add(latency)
    this.latency.add({ counts: recent.counts, max: recent.max })
    const seconds = Math.max(driver.atMs - before.driver.atMs, 1) / 1000
    const rssMiB = driver.rssBytes / MiB
    const sample: Sample = {
      phase: driver.phase,
      atSeconds: (driver.atMs - this.#epochMs) / 1000,
      progress: progressOf(this.#settings, driver),
      emitted: driver.accepted,
      received: receivers.received,
      refusals: Object.values(driver.refused).reduce((sum, count) => sum + count, 0),
      inPerSecond: (driver.accepted - before.driver.accepted) / seconds,
      deliveredPerSecond: (receivers.received - before.receivers.received) / seconds,
      queued: Math.max(driver.accepted * this.#settings.endpoints - driver.delivered - driver.deadLettered, 0),
      latencyMs: recent.count === 0 ? null : { p50: ms(recent, 0.5), p99: ms(recent, 0.99), p999: ms(recent, 0.999) },
      loopDelayP99Ms: driver.loopDelayMs.recentP99,
      rssMiB,
    }
    this.maxRssMiB = Math.max(this.maxRssMiB, rssMiB)
    this.last = { driver, receivers }
    this.series.push(sample)
    return sample
  }
}

function progressOf({ events, seconds }: LoadSettings, { accepted, emittingMs }: DriverReport): number | null {
  const shares = [
    ...(events === null ? [] : [accepted / events]),
    ...(seconds === null ? [] : [emittingMs / 1000 / seconds]),
  ]
  return shares.length === 0 ? null : Math.min(Math.max(...shares), 1)
}

function ms(histogram: Histogram, share: number): number {
  return histogram.quantile(share) / TICKS_PER_MS
}

function totals(reports: readonly ReceiverReport[]): ReceiverTotals {
  const sum = (name: keyof ReceiverTotals) => reports.reduce((total, report) => total + report[name], 0)
  return {
    requests: sum('requests'),
    received: sum('received'),
    repeated: sum('repeated'),
    failed: sum('failed'),
    checked: sum('checked'),
    wrongSignatures: sum('wrongSignatures'),
    unreadable: sum('unreadable'),
  }
}
