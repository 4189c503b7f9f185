/** Records that are read before sockets get their turn, … */
const MOST_RECORDS = 2048
/** … and for how long, in ms: what an app's filters and large events cost, the others shall not wait for. */
const MOST_MS = 5
/** A power of two: records between two looks at the clock. */
const RECORDS_PER_LOOK = 8
/** What counts of a stretch between two looks that took longer than the one before it, in ms. */
const MOST_OF_A_RISE_MS = 1

/**
 * How much of the ring is read in one turn of the event loop. Only a wall clock can be read, and where cores are scarce it goes on for
 * many ms while the thread does not run at all: that is one long stretch between short ones, of which little counts. Otherwise a busy
 * machine would have a shard read a few records a turn, and fall behind for no other reason. Records that do take long make long
 * stretches one after the other, which count in full.
 */
export class Slice {
  #records = 0
  #countedMs = 0
  #lookedAtMs = 0
  #stretchMs = 0

  readonly #now: () => number

  /** @param now a monotonic clock, in ms */
  constructor(now: () => number) {
    this.#now = now
  }

  begin(nowMs: number): void {
    this.#records = 0
    this.#countedMs = 0
    this.#lookedAtMs = nowMs
    this.#stretchMs = 0
  }

  /** One more record has been read. @returns whether it is the last one of the slice */
  isOver(): boolean {
    this.#records += 1
    if (this.#records % RECORDS_PER_LOOK !== 0) return false
    this.#look(this.#now())
    return this.#records >= MOST_RECORDS || this.#countedMs > MOST_MS
  }

  #look(nowMs: number): void {
    const before = this.#stretchMs
    const stretch = nowMs - this.#lookedAtMs
    this.#countedMs += Math.min(stretch, Math.max(before, MOST_OF_A_RISE_MS))
    this.#stretchMs = stretch
    this.#lookedAtMs = nowMs
  }
}
