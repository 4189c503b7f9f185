import { Bulkhead } from '../courier/bulkhead.js'
import { ConcurrencyLimit } from '../courier/concurrency-limit.js'
import type { EndpointNumber } from '../indexes.js'

/** A request that takes longer, in ms, counts as one of a slow endpoint. */
const SLOW_AFTER_MS = 1000

/** Which endpoints may make a request now, and how many at once the thread has time for. */
export class Admission {
  readonly bulkhead: Bulkhead
  readonly #concurrency: ConcurrencyLimit
  #measured = performance.eventLoopUtilization()
  #lastUtilization = 0

  constructor(maxInFlight: number, nowMs: number) {
    this.bulkhead = new Bulkhead(maxInFlight, SLOW_AFTER_MS)
    this.#concurrency = new ConcurrencyLimit(maxInFlight, nowMs)
    this.bulkhead.resize(this.#concurrency.current)
  }

  /** Of the thread's event loop, 0 to 1, as it was measured last. */
  get utilization(): number {
    return this.#lastUtilization
  }

  /** When those in line get room for a request though none ends before, in ms; Infinity: nobody waits. */
  get nextAtMs(): number {
    const { isAwaited, nextAtMs } = this.bulkhead
    return isAwaited ? Math.min(nextAtMs, this.#concurrency.growsAtMs) : nextAtMs
  }

  /** The endpoint whose turn it is to make a request for which there was no room before. */
  takeTurn(nowMs: number): EndpointNumber | undefined {
    if (nowMs >= this.#concurrency.updateAtMs) this.#adapt(nowMs)
    return this.bulkhead.takeTurn(nowMs)
  }

  #adapt(nowMs: number): void {
    const total = performance.eventLoopUtilization()
    this.#lastUtilization = performance.eventLoopUtilization(total, this.#measured).utilization
    this.#measured = total
    this.#concurrency.update(this.#lastUtilization, this.bulkhead.takePeak(), nowMs)
    this.bulkhead.resize(this.#concurrency.current)
  }
}
