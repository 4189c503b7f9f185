import type { Histogram } from 'node:perf_hooks'
import { styleText } from 'node:util'
import { createLogUpdate } from 'log-update'
import type { Stats } from '../../src/index.js'

/** One moment of the demonstration. */
export interface Moment {
  /** From 0 to 1. */
  readonly progress: number
  readonly users: number
  readonly emitted: number
  readonly stats: Stats
  /** From the emit of a batch's first event to the batch's acknowledgement. */
  readonly latencyMs: Histogram
}

export interface Screen {
  show(moment: Moment): void
  done(): void
}

const BAR_WIDTH = 48
const RATE_WINDOW_MS = 1000
const LEVELS = '▁▂▃▄▅▆▇█'

/**
 * Redraws in place on a terminal; elsewhere writes a line at a time.
 * @param delivered events that were delivered before
 */
export function createScreen(stream: NodeJS.WriteStream, delivered: number): Screen {
  const rate = new Rate(delivered)
  if (!stream.isTTY) {
    return {
      show: (moment) => stream.write(`${line(moment, rate.next(moment.stats.delivered))}\n`),
      done: () => undefined,
    }
  }
  const update = createLogUpdate(stream)
  const rates: number[] = []
  return {
    show: (moment) => {
      rates.push(rate.next(moment.stats.delivered))
      update(panel(moment, rates.slice(-BAR_WIDTH)))
    },
    done: () => update.done(),
  }
}

/** Growth a second of a number, over about the last second. */
class Rate {
  private samples: readonly { readonly atMs: number; readonly total: number }[]

  constructor(total: number) {
    this.samples = [{ atMs: performance.now(), total }]
  }

  next(total: number): number {
    const now = { atMs: performance.now(), total }
    const recent = this.samples.filter(({ atMs }) => now.atMs - atMs <= RATE_WINDOW_MS)
    const first = recent[0] ?? this.samples.at(-1) ?? now
    this.samples = [...recent, now]
    return ((total - first.total) * 1000) / Math.max(now.atMs - first.atMs, 1)
  }
}

function line({ progress, emitted, stats, latencyMs }: Moment, eventsPerSecond: number): string {
  const { delivered, delivered_requests: batches } = stats
  return [
    `${percent(progress).padStart(5)}`,
    `${eventsPerSecond.toFixed(0).padStart(5)} events/s`,
    `${`${emitted}`.padStart(6)} emitted`,
    `${`${delivered}`.padStart(6)} delivered in ${`${batches}`.padStart(4)} batches`,
    `p50 ${latencyMs.percentile(50)} ms`,
    `p99 ${latencyMs.percentile(99)} ms`,
  ].join('  ')
}

function panel({ progress, users, emitted, stats, latencyMs }: Moment, rates: readonly number[]): string {
  const { delivered, delivered_requests: batches } = stats
  const rows: readonly (readonly [string, string])[] = [
    ['pusher-js clients', `${users}`],
    ['emitted', `${emitted}`],
    ['delivered', `${delivered} in ${batches} batches, ${stats.retries} tried again`],
    [
      'latency',
      `p50 ${latencyMs.percentile(50)} ms, p99 ${latencyMs.percentile(99)} ms (50 ms of it are the batch's own)`,
    ],
    ['events/s', `${rates.at(-1)?.toFixed(0) ?? 0}`],
  ]
  const filled = Math.round(progress * BAR_WIDTH)
  return [
    '',
    `  ${styleText('bold', 'Signpost')}  a Pusher server in miniature and the webhooks of three apps`,
    '',
    ...rows.map(([name, value]) => `  ${styleText('dim', name.padEnd(18))} ${value}`),
    `  ${' '.repeat(18)} ${styleText('cyan', sparkline(rates))}`,
    '',
    `  ${styleText('green', '█'.repeat(filled))}${styleText('dim', '░'.repeat(BAR_WIDTH - filled))} ${percent(progress)}`,
    '',
  ].join('\n')
}

function sparkline(values: readonly number[]): string {
  const most = Math.max(...values, 1)
  return values.map((value) => LEVELS[Math.round((value / most) * (LEVELS.length - 1))]).join('')
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
