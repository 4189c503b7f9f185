/** The longest that `setTimeout` can wait, in ms: it fires at once for anything longer. */
const LONGEST_WAIT_MS = 2 ** 31 - 1

/** A timer for any length of time: longer than 2^31 ms is waited for in parts, Infinity never fires. */
export class Timer {
  #handle: NodeJS.Timeout | null = null

  /** @param delayMs 0 or more, or Infinity */
  constructor(delayMs: number, fire: () => void) {
    this.#wait(delayMs, fire)
  }

  clear(): void {
    if (this.#handle !== null) clearTimeout(this.#handle)
    this.#handle = null
  }

  #wait(restMs: number, fire: () => void): void {
    if (restMs === Number.POSITIVE_INFINITY) return
    const partMs = Math.min(restMs, LONGEST_WAIT_MS)
    this.#handle = setTimeout(() => {
      if (partMs < restMs) this.#wait(restMs - partMs, fire)
      else fire()
    }, partMs)
  }
}
