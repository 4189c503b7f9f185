import type { AppInvalidReport } from '../apps/app-records.js'
import type { DeliveredReport, DroppedReport, EndpointReport, FailedReport } from '../shard/messages.js'
import type { RestartReport } from '../supervisor/restart-report.js'
import { callHost } from './uncaught.js'

/** An event that was refused because a value of it cannot be sent, or is missing. Holds nothing of what the value says. */
export interface InvalidReport {
  /** The app's id; null: what was given names no app. */
  readonly app: string | null
  /** The field, such as `user_id`. */
  readonly field: string
  /** What would be right, as a noun. */
  readonly expected: string
  /** What sort of value was given, such as `null` or `object`. */
  readonly got: string
}

/** What `dispatcher.on` reports, by event name. */
export interface DispatcherEvents {
  /** After a refusal there is room again. */
  drain: []
  /** A batch was acknowledged. */
  delivered: [DeliveredReport]
  /** A batch was given up. */
  failed: [FailedReport]
  /** A batch that was given up is kept for `deadLetters`. */
  'dead-letter': [FailedReport]
  /**
   * `dispatcher.on_full: drop-oldest` dropped batches of an endpoint that had used up its share of the arena. One report per
   * endpoint and turn of its shard's loop, however many batches went; `stats().dropped_oldest` counts the same events.
   */
  dropped: [DroppedReport]
  /** An event was refused for what it says. At most one report per second; `stats().refused_invalid` counts all. */
  invalid: [InvalidReport]
  /** The record of an app cannot be read: the app takes no events until it can. `stats().invalid_apps` counts the same. */
  'app-invalid': [AppInvalidReport]
  /** A shard's thread died or hung; another has taken over. */
  'shard-restart': [RestartReport]
  /** A shard died too often: its apps are refused until the next try, after `retryInMs`, or a later one succeeds. */
  'shard-down': [{ readonly shard: number; readonly cause: Error; readonly retryInMs: number }]
  /** An endpoint gets no requests: its circuit opened, or it answered 410. */
  'endpoint-open': [EndpointReport]
  /** Its circuit closed again. */
  'endpoint-closed': [EndpointReport]
  /** What is accepted waits for longer than a second to be stored. */
  'queue-behind': [{ readonly lagMs: number }]
  /** The store cannot be written, or has no room for more (`full`). `queue.on_failure` says what follows. */
  'queue-down': [{ readonly reason: 'down' | 'full'; readonly message: string }]
  /** The store takes batches again. */
  'queue-up': []
  /**
   * What was stored is there no longer: the server has lost it (`lost`), or another process has taken it over and delivers it, because
   * this one had stood still for longer than its lease (`taken-over`). `batches` were in the store alone; the others are in memory, and
   * are stored again.
   */
  'queue-lost': [{ readonly reason: 'lost' | 'taken-over'; readonly batches: number }]
}

/** A logger as pino has it: fields first, then the message. */
export interface Logger {
  /** Takes note of the start. */
  info(fields: object, message: string): void
  /** Takes note of what a person should look at. */
  warn(fields: object, message: string): void
  /** Takes note of what went wrong. */
  error(fields: object, message: string): void
}

export const SILENT: Logger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

/** A logger whose errors are its host's, not ours. */
export function guarded(logger: Logger): Logger {
  return {
    info: (fields, message) => callHost(() => logger.info(fields, message)),
    warn: (fields, message) => callHost(() => logger.warn(fields, message)),
    error: (fields, message) => callHost(() => logger.error(fields, message)),
  }
}

/** What `dispatcher.on` calls with the report. */
export type DispatcherListener<Name extends keyof DispatcherEvents> = (...args: DispatcherEvents[Name]) => void
