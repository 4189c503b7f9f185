import type { SlabId } from '../arena/arena-memory.js'
import type { Batches } from '../arena/batches.js'
import { Custody } from '../arena/custody.js'
import type { Departure } from '../departure.js'
import type { EndpointNumber } from '../indexes.js'
import type { Couriers } from './couriers.js'
import type { Custodian } from './custodian.js'
import type { DurableOutlet } from './durable-outlet.js'
import type { Endpoint } from './endpoint.js'
import type { Endpoints } from './endpoints.js'
import type { Flushes } from './flushes.js'
import type { Upstream } from './upstream.js'

interface HandingOverParts {
  readonly batches: Batches
  readonly endpoints: Endpoints
  readonly couriers: Couriers
  readonly custodian: Custodian
  readonly flushes: Flushes
  readonly upstream: Upstream
}

/**
 * The outlet of batches that any process may deliver: each goes to the store, and its slab is free when the store has it. What this process
 * delivers itself comes back from the store.
 */
export class HandingOver implements DurableOutlet {
  readonly #parts: HandingOverParts

  constructor(parts: HandingOverParts) {
    this.#parts = parts
  }

  submit(number: EndpointNumber, slab: SlabId): void {
    this.#parts.endpoints.get(number).leaving += 1
    this.#parts.custodian.handOver(slab)
  }

  giveUp(number: EndpointNumber, slab: SlabId, cause: 'endpoint-full' | 'quarantined', error: string): void {
    // What found no room here finds it in the store.
    if (cause === 'endpoint-full') this.submit(number, slab)
    else this.#parts.couriers.giveUp(number, slab, cause, error)
  }

  /** As `Parking` does: where more comes than leaves, a batch waits for the one before it to be in the store. */
  askToLeave(number: EndpointNumber): Departure {
    const { batches, endpoints } = this.#parts
    return batches.allocator.isCrowded && endpoints.get(number).leaving > 0 ? 'soon' : 'now'
  }

  /** What waits here is on its way to the store. */
  dropOldest(): boolean {
    return false
  }

  makeRoom(): boolean {
    return this.#parts.couriers.makeRoom()
  }

  takeUp(number: EndpointNumber, slab: SlabId, nowMs: number): void {
    const { custody, slabs } = this.#parts.batches
    // Parts are of a batch that came from the store.
    if (custody.of(slab) === Custody.Stored || slabs.isPart(slab)) this.#parts.couriers.takeUp(number, slab, nowMs)
    else this.submit(number, slab)
  }

  takeUpParked(endpoint: Endpoint, slab: SlabId): void {
    endpoint.leaving += 1
    this.#parts.custodian.adopt(slab)
  }

  /** The store has the batch. Its slab is free after this. */
  parked(slab: SlabId, nowMs: number): void {
    const { batches, endpoints, flushes, upstream } = this.#parts
    const endpoint = endpoints.get(batches.slabs.endpoint(slab))
    endpoint.leaving -= 1
    upstream.held(endpoint.number, -batches.allocator.memory.slabBytes(slab))
    flushes.settled(slab)
    upstream.called(endpoint.number, nowMs)
  }
}
