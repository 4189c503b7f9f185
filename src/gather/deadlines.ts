import type { AppIndex, EndpointNumber } from '../indexes.js'
import { type Deadline, DeadlineQueue } from './deadline-queue.js'

/** A window is counted in so many ticks, but a tick is a millisecond at least: the shard's timer is no finer. */
const TICKS_PER_WINDOW = 50
/** However large the crowd, a batch waits for this part of its window, or for what is left of it; … */
const LEAST_WAIT = 0.5
/** … so it is early by so many ticks at most. */
const MOST_EARLY = TICKS_PER_WINDOW * (1 - LEAST_WAIT)
/** Batches that may always leave in the same millisecond: a thread has time for more. */
const FEW_PER_MS = 16
/** So many times the deadlines of the average tick are too many for one. */
const CROWD = 1.25
/** A power of two above the ticks of a window, by a second one: what a late thread has not taken yet is counted beside what is to come. */
const COUNTED_TICKS = 128
const LAST_COUNTED = COUNTED_TICKS - 1

/**
 * The deadlines of all batches of a shard, crowds spread out. Batches that were begun at the same moment, because apps emit in step or
 * the thread was held up, would leave at the same moment, hold up everything behind them and be in step again a window later. So where
 * a tick has too many, further ones come some ticks earlier, no more than it takes; once they are out of step they stay so.
 *
 * Those that come equally early are in order: each such number of ticks has a queue.
 */
export class Deadlines {
  readonly #queues = Array.from({ length: MOST_EARLY + 1 }, () => new DeadlineQueue())
  readonly #counts = new Int32Array(COUNTED_TICKS)
  readonly #tickMs: number
  readonly #leastWaitMs: number
  readonly #few: number
  readonly #crowdShare: number
  #size = 0

  /** @param windowMs the longest that a batch waits for further events */
  constructor(windowMs: number) {
    this.#tickMs = Math.max(windowMs / TICKS_PER_WINDOW, 1)
    this.#leastWaitMs = windowMs * LEAST_WAIT
    this.#few = FEW_PER_MS * this.#tickMs
    this.#crowdShare = CROWD / Math.max(windowMs / this.#tickMs, 1)
  }

  /** In ms; Infinity: there is none. */
  get nextAtMs(): number {
    return this.#earliest().nextAtMs
  }

  /** @param latestMs when it comes unless there is a crowd; never before that of an earlier call */
  add(app: AppIndex, endpoint: EndpointNumber, generation: number, latestMs: number, nowMs: number): void {
    const early = this.#ticksEarly(latestMs, nowMs)
    const atMs = this.#queue(early).add(app, endpoint, generation, latestMs - early * this.#tickMs)
    this.#count(atMs, 1)
  }

  /** @returns the next one that is due, until the next call: it is the same object each time */
  takeDue(nowMs: number): Deadline | undefined {
    const queue = this.#earliest()
    if (queue.nextAtMs > nowMs) return undefined
    const deadline = queue.take()
    this.#count(deadline.atMs, -1)
    return deadline
  }

  #ticksEarly(latestMs: number, nowMs: number): number {
    const tick = this.#tick(latestMs)
    const most = Math.min(Math.floor((latestMs - nowMs - this.#leastWaitMs) / this.#tickMs), MOST_EARLY)
    const crowd = Math.max(this.#few, this.#size * this.#crowdShare)
    let best = 0
    let least = Number.POSITIVE_INFINITY
    for (let early = 0; early <= most; early++) {
      const count = this.#counts[(tick - early) & LAST_COUNTED] ?? 0
      if (count < crowd) return early
      if (count >= least) continue
      least = count
      best = early
    }
    return best
  }

  #count(atMs: number, change: 1 | -1): void {
    const at = this.#tick(atMs) & LAST_COUNTED
    this.#counts[at] = (this.#counts[at] ?? 0) + change
    this.#size += change
  }

  #tick(atMs: number): number {
    return Math.floor(atMs / this.#tickMs)
  }

  #queue(early: number): DeadlineQueue {
    const queue = this.#queues[early]
    if (queue === undefined) throw new RangeError(`no queue for deadlines that come ${early} ticks early`)
    return queue
  }

  #earliest(): DeadlineQueue {
    let earliest = this.#queue(0)
    for (const queue of this.#queues) if (queue.nextAtMs < earliest.nextAtMs) earliest = queue
    return earliest
  }
}
