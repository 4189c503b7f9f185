import type { HistogramCounts } from './histogram.js'
import type { LoadSettings } from './settings.js'

/** Every request to a child gets one answer, in order. */
export type ReceiverRequest =
  | { readonly kind: 'start'; readonly settings: LoadSettings; readonly index: number }
  /** `epochMs`: the run's epoch on the monotonic clock. */
  | { readonly kind: 'go'; readonly epochMs: number }
  | { readonly kind: 'report' }

export type DriverRequest =
  | { readonly kind: 'start'; readonly settings: LoadSettings; readonly ports: readonly number[] }
  /** Emit, the first event at the epoch. */
  | { readonly kind: 'go'; readonly epochMs: number }
  | { readonly kind: 'report' }
  /** Emit no more; the second time: wait no longer either. */
  | { readonly kind: 'stop' }

/** Counts since the start, but for `latency`: since the report before, in ticks. */
export interface ReceiverReport {
  readonly port: number
  /** Requests that were read, whatever they were answered. */
  readonly requests: number
  /** Events that came for the first time, once for each endpoint. */
  readonly received: number
  /** Events that came again to the same endpoint. */
  readonly repeated: number
  /** Requests answered with 500. */
  readonly failed: number
  /** Signatures that were checked, and those of them that were wrong. */
  readonly checked: number
  readonly wrongSignatures: number
  /** Marks that were damaged. */
  readonly unreadable: number
  readonly latency: HistogramCounts
}

export type Phase = 'ready' | 'emitting' | 'draining' | 'done'

/** Counts since the start. */
export interface DriverReport {
  readonly phase: Phase
  readonly atMs: number
  /** How long events were emitted so far. */
  readonly emittingMs: number
  /** How long it took so far, drain included. */
  readonly runMs: number
  readonly accepted: number
  readonly refused: Readonly<Record<string, number>>
  /** Events acknowledged, once for each endpoint, and the requests that held them. */
  readonly delivered: number
  readonly deliveredRequests: number
  readonly attempts: number
  readonly retries: number
  readonly deadLettered: number
  readonly loopDelayMs: LoopDelays
  readonly rssBytes: number
  /** CPU since the emission began; null: this system does not tell it of one thread. */
  readonly mainThreadCpuNs: number | null
  readonly allThreadsCpuNs: number
}

/** How much later than asked the main thread's event loop came round, in ms. */
export interface LoopDelays {
  readonly p50: number
  readonly p99: number
  /** Of the time since the report before. */
  readonly recentP99: number
}
