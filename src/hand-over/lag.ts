/** From this lag on the store is behind, in ms; it has caught up at half of it. */
const BEHIND_MS = 1000

/** How long what is handed over waits to be stored: follows one entry at a time through a ring, without a mark on any. */
export class Lag {
  #mark: { readonly position: number; readonly atMs: number } | null = null
  #lastMs = 0
  #isBehind = false

  /** @param tail where the next entry will be written. @param left entries before this are stored. Free-running modulo 2³² */
  look(tail: number, left: number, nowMs: number): void {
    if (this.#mark !== null && ((left - this.#mark.position) | 0) >= 0) {
      this.#lastMs = nowMs - this.#mark.atMs
      this.#mark = null
    }
    if (this.#mark === null && tail !== left) this.#mark = { position: tail, atMs: nowMs }
    if (tail === left) this.#lastMs = 0
  }

  /** In ms. */
  at(nowMs: number): number {
    return this.#mark === null ? this.#lastMs : Math.max(this.#lastMs, nowMs - this.#mark.atMs)
  }

  /** Whether it has just fallen behind. Asking again says no until it has caught up. */
  hasFallenBehind(nowMs: number): boolean {
    const lagMs = this.at(nowMs)
    if (this.#isBehind) {
      if (lagMs < BEHIND_MS / 2) this.#isBehind = false
      return false
    }
    this.#isBehind = lagMs > BEHIND_MS
    return this.#isBehind
  }
}
