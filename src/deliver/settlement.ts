import type { SlabId } from '../arena/arena-memory.js'
import type { Batches } from '../arena/batches.js'
import { Counter } from '../stats/layout.js'
import type { ShardCounters } from '../stats/shard-counters.js'
import type { DeadLetters } from './dead-letters.js'
import type { Disposal } from './disposal.js'
import type { Endpoint } from './endpoint.js'
import type { Flushes } from './flushes.js'
import type { Upstream } from './upstream.js'

/** The only way out of deliver: whatever becomes of a batch, its slab leaves here. */
export class Settlement {
  readonly #batches: Batches
  readonly #deadLetters: DeadLetters
  readonly #flushes: Flushes
  readonly #counters: ShardCounters
  readonly #upstream: Upstream
  readonly #disposal: Disposal

  constructor(
    batches: Batches,
    deadLetters: DeadLetters,
    flushes: Flushes,
    counters: ShardCounters,
    upstream: Upstream,
    disposal: Disposal,
  ) {
    this.#batches = batches
    this.#deadLetters = deadLetters
    this.#flushes = flushes
    this.#counters = counters
    this.#upstream = upstream
    this.#disposal = disposal
  }

  /** The batch was delivered or dropped: gives its slab back. */
  free(endpoint: Endpoint, slab: SlabId): void {
    this.#leave(endpoint, slab)
    this.#disposal.done(slab)
    this.#flushes.settled(slab)
  }

  /** The batch was given up: makes it a dead letter. */
  bury(endpoint: Endpoint, slab: SlabId, status: number | null, cause: string, error: string): void {
    this.#leave(endpoint, slab)
    this.#deadLetters.bury(endpoint, slab, status, cause, error)
    this.#flushes.settled(slab)
  }

  /** Splits a batch in flight in two, which take its place. @returns the halves, or null when there is no room for them */
  halve(endpoint: Endpoint, slab: SlabId): readonly SlabId[] | null {
    const { memory } = this.#batches.allocator
    const bytes = memory.slabBytes(slab)
    let halves = this.#batches.halve(slab)
    while (halves === null && this.#deadLetters.evictOldest()) halves = this.#batches.halve(slab)
    if (halves === null) return null
    this.#counters.add(Counter.pending_batches, halves.length - 1)
    this.#flushes.split(slab, halves)
    const grownBytes = halves.reduce((sum, half) => sum + memory.slabBytes(half), -bytes)
    endpoint.heldBytes += grownBytes
    this.#upstream.grew(endpoint.number, grownBytes)
    return halves
  }

  /** The batch goes back to the store. @param isHeld whether its slab goes on being in use for it */
  leave(endpoint: Endpoint, slab: SlabId, isHeld: boolean): void {
    this.#leave(endpoint, slab)
    if (isHeld) this.#upstream.held(endpoint.number, this.#batches.allocator.memory.slabBytes(slab))
    else this.#flushes.settled(slab)
  }

  #leave(endpoint: Endpoint, slab: SlabId): void {
    const bytes = this.#batches.allocator.memory.slabBytes(slab)
    this.#counters.add(Counter.pending_batches, -1)
    endpoint.heldBytes -= bytes
    this.#upstream.held(endpoint.number, -bytes)
  }
}
