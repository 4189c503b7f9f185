import type { SlabId } from '../arena/arena-memory.js'
import type { Departure } from '../departure.js'
import type { EndpointNumber } from '../indexes.js'
import type { PlacedApp } from '../shard/messages.js'

/**
 * Where sealed batches leave gather. From `submit` or `giveUp` on a batch's slab is no longer gather's, and gather never
 * touches it again: what comes back are reports (`deliver/upstream.ts`).
 */
export interface Outlet {
  /** Takes a sealed batch, to be delivered. */
  submit(endpoint: EndpointNumber, slab: SlabId, nowMs: number): void
  /** Takes a sealed batch that becomes a dead letter without an attempt. */
  giveUp(endpoint: EndpointNumber, slab: SlabId, cause: 'endpoint-full' | 'quarantined', error: string): void
  /** Asks for a batch to leave at once. @returns when it would if it were sealed now; while that is not now, batches may grow */
  askToLeave(endpoint: EndpointNumber, nowMs: number): Departure
  /** Drops the endpoint's oldest batch that was never tried. @returns false when there is none */
  dropOldest(endpoint: EndpointNumber): boolean
  /** Frees arena memory that is only kept for the case that somebody asks for it. @returns false when there is none */
  makeRoom(): boolean
}

/** The endpoints behind the outlet. Each is placed and forgotten together with its `Holder`. */
export interface OutletEndpoints {
  /** Creates or changes the endpoints of an app. */
  place(app: PlacedApp, nowMs: number): void
  /** Whether it has nothing and remembers nothing: one that is created again would do the same from now on. */
  isAtRest(endpoint: EndpointNumber, nowMs: number): boolean
  forget(endpoint: EndpointNumber): void
  /** Forgets an endpoint that gets no new events, unless it still has something. @returns whether it is gone */
  retire(endpoint: EndpointNumber): boolean
}
