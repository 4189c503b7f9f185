/** Requests at once that keep a thread busy with receivers beside it. More would only wait in its event loop. */
const LEAST = 64
const BUSY = 0.95
const IDLE = 0.8
const SHRINK = 0.7
const GROWTH = 1.4
/** Of a limit that is used less than this, the rest is not kept: a burst would take it all at once. */
const USED = 0.5
const EVERY_MS = 20

/**
 * How many requests at once are worth making: a feedback control by the utilization of the thread's event loop, as adaptive
 * concurrency limits (TCP's congestion window, Netflix's "concurrency-limits") do it by latency.
 *
 * Receivers far away need many requests at once to be kept busy, and the thread has time for them. When the thread itself is
 * what limits, another request at once makes none of them end earlier; fewer leave the batches time to grow, and a request
 * of a hundred events costs little more than one of five. As with a congestion window (RFC 7661), a limit that is not used
 * says nothing of what would happen if it were.
 */
export class ConcurrencyLimit {
  #limit: number
  #updatedAtMs: number

  readonly #max: number

  constructor(max: number, nowMs: number) {
    this.#max = max
    this.#limit = Math.min(LEAST, max)
    this.#updatedAtMs = nowMs
  }

  /** Requests at once. */
  get current(): number {
    return Math.round(this.#limit)
  }

  /** When `update` is to be called, in ms. */
  get updateAtMs(): number {
    return this.#updatedAtMs + EVERY_MS
  }

  /** When more requests may be made though none ends, in ms; Infinity: there are no more. */
  get growsAtMs(): number {
    return this.#limit < this.#max ? this.updateAtMs : Number.POSITIVE_INFINITY
  }

  /**
   * @param utilization of the event loop since the last call, 0 to 1
   * @param peak the most requests that were made at once since then
   */
  update(utilization: number, peak: number, nowMs: number): void {
    this.#updatedAtMs = nowMs
    if (utilization > BUSY || peak < this.current * USED) {
      this.#limit = Math.max(this.#limit * SHRINK, Math.min(LEAST, this.#max))
    } else if (utilization < IDLE && peak >= this.current) {
      this.#limit = Math.min(this.#limit * GROWTH, this.#max)
    }
  }
}
