import { durationOf } from '../time/duration.js'

/** `new`: the caller shall process it · `in-progress`: somebody is at it · `done`: it has been processed. */
export type Claim = 'new' | 'in-progress' | 'done'

/**
 * Remembers which deliveries have been processed. `MemoryDuplicateStore` serves one process; several that share an
 * endpoint share a store of their own, such as Redis.
 */
export interface DuplicateStore {
  /** Takes the delivery for the caller when it is `new`, atomically. A claim whose holder died must lapse by itself. */
  claim(id: string): Claim | Promise<Claim>
  /** The delivery was processed: it is `done` from now on. */
  complete(id: string): void | Promise<void>
  /** Processing failed: the delivery is `new` again. */
  release(id: string): void | Promise<void>
}

/** How long, and how many, processed deliveries are remembered. */
export interface DuplicateWindow {
  /** How long a processed delivery is remembered, in ms; default 3600000, Infinity: until `maxIds`. */
  readonly windowMs?: number | undefined
  /** The most processed deliveries that are remembered; past it the oldest is forgotten; default 100000. */
  readonly maxIds?: number | undefined
  /** The clock: Unix time in ms; default `Date.now`. */
  readonly now?: (() => number) | undefined
}

export class MemoryDuplicateStore implements DuplicateStore {
  readonly #windowMs: number
  readonly #maxIds: number
  readonly #now: () => number
  readonly #inProgress = new Set<string>()
  // In the order of completion, so that the first one is the first to go.
  readonly #expiryById = new Map<string, number>()

  /** @throws SignpostError `INVALID_DURATION` */
  constructor({ windowMs = 3_600_000, maxIds = 100_000, now = Date.now }: DuplicateWindow = {}) {
    this.#windowMs = durationOf(windowMs, 'windowMs')
    this.#maxIds = maxIds
    this.#now = now
  }

  /** How many processed deliveries are remembered. */
  get size(): number {
    return this.#expiryById.size
  }

  claim(id: string): Claim {
    this.#forget()
    if (this.#expiryById.has(id)) return 'done'
    if (this.#inProgress.has(id)) return 'in-progress'
    this.#inProgress.add(id)
    return 'new'
  }

  complete(id: string): void {
    this.#inProgress.delete(id)
    this.#expiryById.set(id, this.#now() + this.#windowMs)
    this.#forget()
  }

  release(id: string): void {
    this.#inProgress.delete(id)
  }

  #forget(): void {
    const now = this.#now()
    for (const [id, expiry] of this.#expiryById) {
      if (expiry > now && this.#expiryById.size <= this.#maxIds) return
      this.#expiryById.delete(id)
    }
  }
}
