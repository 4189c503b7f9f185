/** The most ids that are remembered. */
const MOST_IDS = 10_000
/** For how long an app that was not found is not looked for again, in ms. */
const REMEMBERED_MS = 5000

/** Ids of apps that were not found lately. Bounded: the longest ago go first. */
export class MissingIds {
  /** When each was looked for, in ms; the longest ago first. */
  readonly #at = new Map<string, number>()
  readonly #clock: () => number

  /** @param clock monotonic, in ms */
  constructor(clock: () => number) {
    this.#clock = clock
  }

  has(id: string): boolean {
    const atMs = this.#at.get(id)
    return atMs !== undefined && this.#clock() - atMs < REMEMBERED_MS
  }

  add(id: string): void {
    this.#at.delete(id)
    this.#at.set(id, this.#clock())
    const [oldest] = this.#at.keys()
    if (this.#at.size > MOST_IDS && oldest !== undefined) this.#at.delete(oldest)
  }

  delete(id: string): void {
    this.#at.delete(id)
  }
}
