import { sortOf } from '../router/event-values.js'
import type { InvalidReport, Logger } from './events.js'

/** Between two reports, in ms. */
const INTERVAL_MS = 1000

/**
 * Reports events that were refused for what they say, at most one in a second: a mistake of the host's is in every event. The
 * report is made after the call of `emit`, which runs no code of a listener's.
 */
export class InvalidEvents {
  #reportedAtMs = Number.NEGATIVE_INFINITY
  readonly #logger: Logger
  readonly #notify: (report: InvalidReport) => void
  readonly #clock: () => number

  /** @param clock monotonic, in ms */
  constructor(logger: Logger, notify: (report: InvalidReport) => void, clock: () => number) {
    this.#logger = logger
    this.#notify = notify
    this.#clock = clock
  }

  refused(app: string | null, field: string, expected: string, got: unknown): void {
    const nowMs = this.#clock()
    if (nowMs - this.#reportedAtMs < INTERVAL_MS) return
    this.#reportedAtMs = nowMs
    const report: InvalidReport = { app, field, expected, got: sortOf(got) }
    queueMicrotask(() => {
      this.#logger.warn(report, 'an event was refused: receivers could not take it')
      this.#notify(report)
    })
  }
}
