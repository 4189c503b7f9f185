import type { SlabId } from '../arena/arena-memory.js'
import type { Departure } from '../departure.js'
import type { AppIndex, EndpointNumber, Sequence } from '../indexes.js'

/** What an app's actor needs from its shard. */
export interface ActorPorts {
  /** Hands a sealed batch over to the endpoint's courier. */
  submit(endpoint: EndpointNumber, slab: SlabId, nowMs: number): void
  /** Asks for the batch to leave at once. @returns when it would if it were sealed now; if not now, the actor hears when it may */
  askToLeave(endpoint: EndpointNumber, nowMs: number): Departure
  /** Asks for a `deadline` message with the same app, endpoint and generation at `latestMs`, or somewhat earlier in a crowd. */
  setDeadline(app: AppIndex, endpoint: EndpointNumber, generation: number, latestMs: number, nowMs: number): void
  /** Tells that the endpoint now holds so many bytes of slabs more (or less). */
  holds(endpoint: EndpointNumber, bytes: number): void
}

/** What is the same for all actors of a shard. */
export interface BatchLimits {
  readonly maxEvents: number
  /** How long the first event of a batch waits for others, in ms. */
  readonly durationMs: number
}

/** What the suppression of flaps needs from the shard. */
export interface FlapPorts {
  /** Asks for a `release` message to the app at `atMs`, instead of what it asked for before; Infinity: for none. */
  setRelease(app: AppIndex, atMs: number): void
  /** Notes in shared memory that the ring's event with this sequence is swallowed. One number is kept, the last. */
  suppress(sequence: Sequence): void
  /** Whether this was the last sequence noted, by this thread or a former one. */
  wasSuppressed(sequence: Sequence): boolean
  count(metric: FlapMetric, amount: number): void
}

export type FlapMetric = 'held_events' | 'suppressed_flaps' | 'flaps_not_held'
