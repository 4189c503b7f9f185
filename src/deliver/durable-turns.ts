import type { Couriers } from './couriers.js'
import type { Custodian } from './custodian.js'
import type { Parking } from './parking.js'
import type { DeliverTurns } from './turns.js'

/** The turns of a shard with a durable queue. */
export class DurableTurns implements DeliverTurns {
  readonly #couriers: Couriers
  readonly #custodian: Custodian
  readonly #parking: Parking

  constructor(couriers: Couriers, custodian: Custodian, parking: Parking) {
    this.#couriers = couriers
    this.#custodian = custodian
    this.#parking = parking
  }

  get nextAtMs(): number {
    return Math.min(this.#couriers.nextAtMs, this.#custodian.nextAtMs, this.#parking.nextAtMs)
  }

  run(nowMs: number): void {
    this.#custodian.run(nowMs)
    this.#parking.run(nowMs)
    this.#couriers.run(nowMs)
  }

  rest(): boolean {
    return this.#custodian.rest()
  }
}
