import type { SlabId } from '../arena/arena-memory.js'
import type { Outlet } from '../gather/outlet.js'
import type { EndpointNumber } from '../indexes.js'
import type { Endpoint } from './endpoint.js'

/** An outlet to a durable queue. */
export interface DurableOutlet extends Outlet {
  /** Takes a batch of a former thread's. */
  takeUp(endpoint: EndpointNumber, slab: SlabId, nowMs: number): void
  /** Takes a batch that a former thread was parking. */
  takeUpParked(endpoint: Endpoint, slab: SlabId): void
  /** The store has a batch that was parked. Its slab is free after this. */
  parked(slab: SlabId, nowMs: number): void
}
