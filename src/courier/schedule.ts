import type { SlabId } from '../arena/arena-memory.js'

/** Batches that wait for their next attempt, the earliest first. */
export class RetrySchedule {
  #waiting: { readonly atMs: number; readonly slab: SlabId }[] = []

  get size(): number {
    return this.#waiting.length
  }

  /** When the earliest is due, in ms; Infinity: none waits. */
  get nextAtMs(): number {
    return this.#waiting[0]?.atMs ?? Number.POSITIVE_INFINITY
  }

  add(slab: SlabId, atMs: number): void {
    let low = 0
    let high = this.#waiting.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#waiting[middle]?.atMs ?? 0) <= atMs) low = middle + 1
      else high = middle
    }
    this.#waiting.splice(low, 0, { atMs, slab })
  }

  /** Puts batches before all others, in their order, to be taken at once. */
  addFirst(slabs: readonly SlabId[], nowMs: number): void {
    const atMs = Math.min(nowMs, this.nextAtMs)
    this.#waiting.unshift(...slabs.map((slab) => ({ atMs, slab })))
  }

  takeDue(nowMs: number): SlabId | undefined {
    return this.nextAtMs <= nowMs ? this.#waiting.shift()?.slab : undefined
  }

  takeWhere(isTaken: (slab: SlabId) => boolean): SlabId[] {
    const taken = this.#waiting.filter(({ slab }) => isTaken(slab))
    if (taken.length > 0) this.#waiting = this.#waiting.filter(({ slab }) => !isTaken(slab))
    return taken.map(({ slab }) => slab)
  }

  takeAll(): SlabId[] {
    return this.#waiting.splice(0).map(({ slab }) => slab)
  }
}
