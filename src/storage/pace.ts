/** In ms, for a store that does not say. */
const COMMIT_EVERY_MS = 5
/** Looks at empty rings before the storage thread rests. */
const PATIENCE = 20
/** Waits after a failed commit, in ms: doubled from one to the next, up to the last. */
const FIRST_RETRY_MS = 50
const LONGEST_RETRY_MS = 5000
/** How often a store does what it has to do by itself, in ms. */
const TIDY_EVERY_MS = 1000
/** How long a store that is full is left alone before jobs are offered again, in ms. */
const OFFER_AGAIN_MS = 100

/** What the storage thread does next. */
export type NextStep =
  /** `isTidying`: though there may be nothing to store. */
  | { readonly kind: 'commit'; readonly isTidying: boolean }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'rest' }

/** When the storage thread commits: a state machine without a clock of its own. */
export class Pace {
  readonly #everyMs: number
  #committedAtMs = Number.NEGATIVE_INFINITY
  #tidiedAtMs = Number.NEGATIVE_INFINITY
  #emptyLooks = 0
  #failures = 0
  #notBeforeMs = 0
  #offerAtMs = 0

  /** @param everyMs at most one commit in this time, in ms, unless somebody waits for it or a lot has come together */
  constructor(everyMs = COMMIT_EVERY_MS) {
    this.#everyMs = everyMs
  }

  /** @param isUrgent somebody waits, or there is a large group */
  next(hasWork: boolean, isUrgent: boolean, nowMs: number): NextStep {
    if (nowMs < this.#notBeforeMs) return { kind: 'wait', ms: this.#notBeforeMs - nowMs }
    const isTidying = nowMs - this.#tidiedAtMs >= TIDY_EVERY_MS
    if (!hasWork && isTidying) return { kind: 'commit', isTidying }
    if (!hasWork) {
      this.#emptyLooks += 1
      return this.#emptyLooks > PATIENCE ? { kind: 'rest' } : { kind: 'wait', ms: this.#everyMs }
    }
    this.#emptyLooks = 0
    const dueAtMs = this.#committedAtMs + this.#everyMs
    return isUrgent || nowMs >= dueAtMs ? { kind: 'commit', isTidying } : { kind: 'wait', ms: dueAtMs - nowMs }
  }

  committed(nowMs: number, isTidying: boolean): void {
    this.#committedAtMs = nowMs
    if (isTidying) this.#tidiedAtMs = nowMs
    this.#failures = 0
    this.#notBeforeMs = 0
  }

  failed(nowMs: number): void {
    this.#notBeforeMs = nowMs + Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LONGEST_RETRY_MS)
    this.#failures += 1
  }

  /** Does not wait any longer after what has failed. */
  resume(): void {
    this.#failures = 0
    this.#notBeforeMs = 0
  }

  /** The store took no jobs. */
  wasFull(nowMs: number): void {
    this.#offerAtMs = nowMs + OFFER_AGAIN_MS
  }

  /** Whether jobs that found no room may be offered again. */
  mayOffer(nowMs: number): boolean {
    return nowMs >= this.#offerAtMs
  }
}
