import type { ActorPorts } from '../actor/ports.js'
import type { SlabId } from '../arena/arena-memory.js'
import type { Departure } from '../departure.js'
import type { AppIndex, EndpointNumber } from '../indexes.js'
import { PortFailure } from './actor-supervisor.js'
import type { Backpressure } from './backpressure.js'
import type { Deadlines } from './deadlines.js'
import type { Holders } from './holders.js'
import type { Outlet } from './outlet.js'

/** What the actors of a shard call. */
export class ActorHost implements ActorPorts {
  readonly #holders: Holders
  readonly #backpressure: Backpressure
  readonly #deadlines: Deadlines
  readonly #outlet: Outlet

  constructor(holders: Holders, backpressure: Backpressure, deadlines: Deadlines, outlet: Outlet) {
    this.#holders = holders
    this.#backpressure = backpressure
    this.#deadlines = deadlines
    this.#outlet = outlet
  }

  submit(endpoint: EndpointNumber, slab: SlabId, nowMs: number): void {
    if (this.#backpressure.mustGiveUp(this.#holders.get(endpoint))) {
      this.#outlet.giveUp(endpoint, slab, 'endpoint-full', 'the endpoint had used up its share of the arena')
      return
    }
    try {
      this.#outlet.submit(endpoint, slab, nowMs)
    } catch (error) {
      throw new PortFailure(error)
    }
  }

  askToLeave(endpoint: EndpointNumber, nowMs: number): Departure {
    const departure = this.#outlet.askToLeave(endpoint, nowMs)
    if (departure !== 'now') this.#holders.get(endpoint).isAwaited = true
    return departure
  }

  setDeadline(app: AppIndex, endpoint: EndpointNumber, generation: number, latestMs: number, nowMs: number): void {
    this.#deadlines.add(app, endpoint, generation, latestMs, nowMs)
  }

  holds(endpoint: EndpointNumber, bytes: number): void {
    const holder = this.#holders.get(endpoint)
    holder.heldBytes += bytes
    this.#backpressure.holds(holder)
  }
}
