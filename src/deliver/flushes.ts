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

  /** A batch has become several: whoever waits for it waits for them. */
  split(slab: SlabId, parts: readonly SlabId[]): void {
    for (const { waitingFor } of this.waiting) {
      if (!waitingFor.delete(slab)) continue
      for (const part of parts) waitingFor.add(part)
    }
  }

  settled(slab: SlabId): void {
    for (const flush of this.waiting) {
      if (!flush.waitingFor.delete(slab) || flush.waitingFor.size > 0) continue
      this.waiting.delete(flush)
      flush.done()
    }
  }
}
