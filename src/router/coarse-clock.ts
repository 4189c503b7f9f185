import type { Turn } from './turn.js'

/** Readings of the same millisecond before any is spared: single events are not worth it. */
const READINGS_BEFORE = 8
/** How many calls a reading then serves, itself included. */
const CALLS_PER_READING = 8

/**
 * Unix time in ms for events that come in bursts: the system's clock would be a quarter of what an event costs the host. After some
 * readings of one millisecond one serves a few calls, until this turn of the event loop is over. So a time is never that of an earlier
 * turn, and is behind by at most what the host does between a few events of a burst.
 */
export class CoarseClock {
  #atMs = 0
  #readings = 0
  #spared = 0

  readonly #turn: Turn
  readonly #read: () => number

  constructor(turn: Turn, read: () => number = () => Date.now()) {
    this.#turn = turn
    this.#read = read
    turn.onEnd(() => {
      this.#spared = 0
      this.#readings = 0
    })
  }

  now(): number {
    if (this.#spared === 0) return this.#reading()
    this.#spared -= 1
    return this.#atMs
  }

  #reading(): number {
    const nowMs = this.#read()
    this.#readings = nowMs === this.#atMs ? this.#readings + 1 : 1
    this.#atMs = nowMs
    if (this.#readings >= READINGS_BEFORE) this.#spare()
    return nowMs
  }

  #spare(): void {
    this.#spared = CALLS_PER_READING - 1
    this.#turn.awaitEnd()
  }
}
