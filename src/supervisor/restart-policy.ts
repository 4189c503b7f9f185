/** How many deaths are borne: `restarts` within `withinMs`, as Erlang/OTP supervisors count restart intensity. */
export interface RestartIntensity {
  readonly restarts: number
  readonly withinMs: number
  /** After more deaths than that, the wait before the next try, in ms; it doubles up to a minute. Default: 5 seconds. */
  readonly downMs?: number
}

/** More than ten deaths in ten seconds are a fault that another restart at once does not cure. */
export const DEFAULT_INTENSITY: RestartIntensity = { restarts: 10, withinMs: 10_000 }

/** Before the second restart in a row, in ms; doubled before each further one. */
const FIRST_WAIT_MS = 20
const LONGEST_WAIT_MS = 1000
/** Starts that may fail in a row, however long each takes. */
const MOST_FAILED_STARTS = 10
const DEFAULT_DOWN_MS = 5000
const LONGEST_DOWN_MS = 60_000

/** What follows a death: another thread after `waitMs`, and whether the shard counts as down until it runs. */
export interface RestartDecision {
  readonly waitMs: number
  readonly isDown: boolean
}

/**
 * Decides when a shard gets its next thread.
 *
 *     up    the first death in `withinMs` is followed by a restart at once, each further one by a longer wait
 *       → down  more than `restarts` deaths in `withinMs`, or more than ten starts in a row that failed
 *     down  one try after each wait, which doubles
 *       → up    a thread has run for `withinMs`
 */
export class RestartPolicy {
  readonly #intensity: RestartIntensity
  #deaths: number[] = []
  /** Tries in a row while down; 0: up. */
  #tries = 0
  #runsSinceMs: number | null = null
  #failedStarts = 0

  constructor(intensity: RestartIntensity) {
    this.#intensity = intensity
  }

  /** A thread has begun to run the shard. */
  started(nowMs: number): void {
    this.#runsSinceMs = nowMs
    this.#failedStarts = 0
  }

  /** A thread has died, or could not be started. */
  died(nowMs: number): RestartDecision {
    const { restarts, withinMs, downMs = DEFAULT_DOWN_MS } = this.#intensity
    if (this.#runsSinceMs !== null && nowMs - this.#runsSinceMs >= withinMs) this.#tries = 0
    if (this.#runsSinceMs === null) this.#failedStarts += 1
    this.#runsSinceMs = null
    this.#deaths = [...this.#deaths, nowMs].filter((atMs) => nowMs - atMs < withinMs)
    const count = this.#deaths.length
    const isTooMuch = count > restarts || this.#failedStarts > MOST_FAILED_STARTS
    if (this.#tries === 0 && !isTooMuch) return { waitMs: shortWaitMs(count), isDown: false }
    this.#tries += 1
    return { waitMs: Math.min(downMs * 2 ** (this.#tries - 1), Math.max(LONGEST_DOWN_MS, downMs)), isDown: true }
  }
}

function shortWaitMs(deaths: number): number {
  return deaths <= 1 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (deaths - 2), LONGEST_WAIT_MS)
}
