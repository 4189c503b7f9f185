import type { EventView } from '../ring/event-view.js'
import { Field } from '../ring/record.js'
import { monotonicNow, numberOf, type UnixMs, unixNow } from '../time/clocks.js'

/**
 * When events were emitted, by the shard's monotonic clock: their records say it in wall time. How far the two clocks are apart is read
 * again at every turn of the loop, so that a step of the wall clock concerns only what is in the ring when it comes.
 */
export class EmissionClock {
  #apartMs: number

  readonly #readUnix: () => UnixMs

  constructor(readUnix: () => UnixMs = unixNow) {
    this.#readUnix = readUnix
    this.#apartMs = numberOf(readUnix()) - monotonicNow()
  }

  /** A turn of the loop begins. */
  read(nowMs: number): void {
    this.#apartMs = numberOf(this.#readUnix()) - nowMs
  }

  /** Never later than `nowMs`. A time that the host has given says nothing of when it emitted: such an event counts as emitted now. */
  emittedAtMs(event: EventView, nowMs: number): number {
    if (event.has(Field.GivenTime)) return nowMs
    return Math.min(event.timeMs - this.#apartMs, nowMs)
  }
}
