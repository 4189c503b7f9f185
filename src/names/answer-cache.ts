import type { Answer } from './answer.js'

/** The shortest that an answer is remembered, in ms, whatever its own time to live. */
const LEAST_MS = 1_000

/** The longest, in ms. */
const MOST_MS = 300_000

interface Entry {
  readonly answer: Answer
  readonly expiresAtMs: number
}

/** The last answer for each name, for as long as it may be used; a bounded number of them. */
export class AnswerCache {
  /** The oldest first. Those that have expired stay until they are in the way: they say how the last question ended. */
  readonly #entries = new Map<string, Entry>()

  constructor(readonly maxEntries: number) {}

  get size(): number {
    return this.#entries.size
  }

  /** @returns what may still be used; null: the name has to be asked for */
  get(name: string, nowMs: number): Answer | null {
    const entry = this.#entries.get(name)
    return entry !== undefined && nowMs < entry.expiresAtMs ? entry.answer : null
  }

  put(name: string, answer: Answer, nowMs: number): void {
    this.#entries.delete(name)
    this.#entries.set(name, { answer, expiresAtMs: nowMs + Math.min(Math.max(answer.ttlMs, LEAST_MS), MOST_MS) })
    if (this.#entries.size <= this.maxEntries) return
    for (const [oldest] of this.#entries) {
      this.#entries.delete(oldest)
      break
    }
  }

  /** Whether nobody could say anything about the name when it was last asked for. */
  hasFailed(name: string): boolean {
    return this.#entries.get(name)?.answer.kind === 'failed'
  }
}
