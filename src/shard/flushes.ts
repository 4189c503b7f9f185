import type { SlabId } from '../arena/arena-memory.js'
import { SlabSet } from '../arena/slab-set.js'

interface Flush {
  readonly waitingFor: SlabSet
  readonly done: () => void
}

/** The callers of `flush` that wait for batches to settle. Costs nothing while nobody waits. */
export class Flushes {
  private readonly waiting = new Set<Flush>()

  constructor(private readonly arenaBytes: number) {}

  /** Calls `done` when all these batches have settled. */
  add(batches: Iterable<SlabId>, done: () => void): void {
    const flush: Flush = { waitingFor: new SlabSet(this.arenaBytes, batches), done }
    if (flush.waitingFor.size === 0) done()
    else this.waiting.add(flush)
  }

  settled(slab: SlabId): void {
    for (const flush of this.waiting) {
      if (!flush.waitingFor.delete(slab) || flush.waitingFor.size > 0) continue
      this.waiting.delete(flush)
      flush.done()
    }
  }
}
