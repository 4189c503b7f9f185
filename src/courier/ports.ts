import type { SlabId } from '../arena/arena-memory.js'
import type { EndpointNumber } from '../indexes.js'
import type { Outcome } from '../transport/transport.js'

/** Why a batch was given up. `quarantined`: its app's actor failed at it. */
export type GiveUpCause =
  | 'retries-exhausted'
  | 'rejected'
  | 'endpoint-stopped'
  | 'endpoint-full'
  | 'circuit-open'
  | 'quarantined'

/** What a courier must know of a batch. */
export interface BatchFacts {
  attempts(slab: SlabId): number
  firstAttemptAtMs(slab: SlabId): number
  sealedAtMs(slab: SlabId): number
  events(slab: SlabId): number
}

/** How many requests the shard makes at once. */
export interface Room {
  /** Asks for room for one more request of this courier. @returns whether there is; if not, the courier is pumped once there is */
  askForRoom(courier: EndpointNumber, nowMs: number): boolean
}

/** What a courier causes. */
export interface CourierPorts {
  /** Signs and sends the batch; its outcome comes back through `Courier.settled`, never before this returns. */
  send(courier: EndpointNumber, slab: SlabId, nowMs: number): void
  /** Tells that the batch was acknowledged: its slab is the shard's again. */
  delivered(courier: EndpointNumber, slab: SlabId, status: number, nowMs: number): void
  /** Tells that an attempt failed and another will be made at `atMs`. */
  retrying(courier: EndpointNumber, slab: SlabId, outcome: Outcome & { kind: 'retry' }, atMs: number): void
  /**
   * Splits a batch that is too large for its receiver in two.
   * @returns the halves in their order; null: the batch has one event, or there is no room for them now
   */
  halve(courier: EndpointNumber, slab: SlabId): readonly SlabId[] | null
  /** Tells that the batch is given up: it becomes a dead letter. */
  gaveUp(courier: EndpointNumber, slab: SlabId, cause: GiveUpCause, outcome: Outcome | null, reason: string): void
  /** Tells that the circuit opened or closed, or that the endpoint was stopped for good (`gone`). */
  circuit(courier: EndpointNumber, change: 'opened' | 'closed' | 'gone'): void
}
