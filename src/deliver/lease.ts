import type { Room } from '../courier/ports.js'
import type { HandOverProducer } from '../hand-over/producer.js'
import type { EndpointNumber } from '../indexes.js'
import { monotonicNow as now, numberOf, unixNow } from '../time/clocks.js'

/** How often it is looked whether the endpoints are this process's again, in ms. */
const LOOK_EVERY_MS = 50

/** Keeps attempts from beginning while the endpoints may be another process's. It is asked last before each. */
export class Lease implements Room {
  readonly #room: Room
  readonly #handOver: Pick<HandOverProducer, 'mayAttempt'>
  /** Endpoints that found no lease. */
  #waiting = new Set<EndpointNumber>()
  #lookAtMs = Number.POSITIVE_INFINITY

  constructor(room: Room, handOver: Pick<HandOverProducer, 'mayAttempt'>) {
    this.#room = room
    this.#handOver = handOver
  }

  /** When `takeWaiting` is to be called, in ms. */
  get nextAtMs(): number {
    return this.#lookAtMs
  }

  askForRoom(courier: EndpointNumber, nowMs: number): boolean {
    // The turn that `nowMs` is of may have been a long one.
    if (this.#isOurs()) return this.#room.askForRoom(courier, nowMs)
    this.#waiting.add(courier)
    this.#lookAtMs = Math.min(this.#lookAtMs, nowMs + LOOK_EVERY_MS)
    return false
  }

  /** @returns the endpoints that may be tried again */
  takeWaiting(nowMs: number): Iterable<EndpointNumber> {
    if (nowMs < this.#lookAtMs) return []
    if (!this.#isOurs()) {
      this.#lookAtMs = nowMs + LOOK_EVERY_MS
      return []
    }
    const waiting = this.#waiting
    this.#waiting = new Set()
    this.#lookAtMs = Number.POSITIVE_INFINITY
    return waiting
  }

  #isOurs(): boolean {
    return this.#handOver.mayAttempt(now(), numberOf(unixNow()))
  }
}
