import type { Mix } from './mix.js'
import type { ScheduleSettings } from './schedule.js'

/** What a run is to be like; plain data, for it goes to every process. */
export interface LoadSettings extends ScheduleSettings {
  readonly apps: number
  readonly distribution: 'even' | 'in-turn' | 'zipf'
  readonly mix: Mix
  /** Bytes of a client event's data. */
  readonly payload: Range
  readonly batchSize: number
  /** 0: batching is off. */
  readonly batchMs: number
  /** null: the dispatcher's default. */
  readonly shards: number | null
  /** Webhooks of each app. */
  readonly endpoints: number
  /** Receiving processes. */
  readonly receivers: number
  /** How long receivers wait before they answer. */
  readonly delayMs: number
  /** The share of requests that wait. */
  readonly delayShare: number
  /** The share of requests that are answered with 500. */
  readonly failShare: number
  /** The signature of one request in so many is checked; 0: of none. */
  readonly verify: number
  readonly seed: number
  /** Events that are due before do not count in the latencies. */
  readonly warmUpSeconds: number
  /** How long to wait for what is on its way, and for an event to be taken. */
  readonly drainSeconds: number
}

export interface Range {
  readonly least: number
  readonly most: number
}

/** What one app's requests are signed with; the receivers know it too. */
export function secretOf(key: string): string {
  return `secret of ${key}`
}
