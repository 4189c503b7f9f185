import type { Allocator } from '../arena/allocator.js'
import type { SlabId } from '../arena/arena-memory.js'

/** What happens to slabs that deliver has done with. */
export interface Disposal {
  /** The batch was delivered, dropped or split: the slab is free, at once or as soon as it may be. */
  done(slab: SlabId): void
  /** The batch has become a dead letter. */
  buried(slab: SlabId): void
  /** The batch of this slab is in another one: the slab is free, at once or as soon as it may be. */
  left(slab: SlabId): void
  /** Whether a dead letter's slab can be done with now. */
  isMovable(slab: SlabId): boolean
  /** An attempt has failed, and there will be another at `retryAtMs`. */
  failed(slab: SlabId, retryAtMs: number): void
}

/** Without a durable queue: what is done with is free. */
export class Freeing implements Disposal {
  readonly #allocator: Allocator

  constructor(allocator: Allocator) {
    this.#allocator = allocator
  }

  done(slab: SlabId): void {
    this.#allocator.release(slab)
  }

  buried(): void {
    // It stays where it is.
  }

  left(slab: SlabId): void {
    this.#allocator.release(slab)
  }

  isMovable(): boolean {
    return true
  }

  failed(): void {
    // The slab's header says so already.
  }
}
