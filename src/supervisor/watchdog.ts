/** How long a thread may go without a heartbeat. */
export interface HangLimits {
  /** Between two looks at the heartbeat, in ms. */
  readonly lookEveryMs: number
  /** Looks in a row that may find no new heartbeat of a running thread. */
  readonly looks: number
  /** The same of a thread that loads or takes over. */
  readonly looksAtStart: number
}

export const DEFAULT_HANG_LIMITS: HangLimits = { lookEveryMs: 1000, looks: 10, looksAtStart: 60 }

/**
 * Notices that a thread hangs: its heartbeat, a count that it keeps raising, stands still. Time is counted in looks, not by a
 * clock, so that a process that was stopped or asleep as a whole finds nothing wrong when it goes on.
 */
export class Watchdog {
  #lastBeat: number | null = null
  #missed = 0

  /** Another thread has begun. */
  reset(): void {
    this.#lastBeat = null
    this.#missed = 0
  }

  /**
   * Looks at the heartbeat.
   * @param most looks in a row that may find no new beat
   * @returns whether the thread hangs
   */
  isHung(beat: number, most: number): boolean {
    if (beat !== this.#lastBeat) {
      this.#lastBeat = beat
      this.#missed = 0
      return false
    }
    this.#missed += 1
    return this.#missed >= most
  }
}
