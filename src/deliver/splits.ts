import type { SlabId } from '../arena/arena-memory.js'

/** One use of a slab: the generation is that of its custody word. */
export interface SlabUse {
  readonly slab: SlabId
  readonly generation: number
}

/** A batch that was split, and that the store has. */
interface Split {
  readonly whole: SlabUse
  /** The parts that the store must have before it is told that the whole is done. */
  readonly parts: readonly SlabUse[]
}

/** The batches whose end the store may not hear of yet: their events are in parts that it has not all got. */
export class Splits {
  #splits: readonly Split[] = []

  get size(): number {
    return this.#splits.length
  }

  /** Whether it is one of the batches that were split. */
  has(slab: SlabId): boolean {
    return this.#splits.some(({ whole }) => whole.slab === slab)
  }

  add(whole: SlabUse, parts: readonly SlabUse[]): void {
    this.#splits = [...this.#splits, { whole, parts }]
  }

  /** Takes out those of these batches, whatever becomes of their parts. @returns them */
  takeWhere(isMeant: (slab: SlabId) => boolean): readonly SlabUse[] {
    const taken = this.#splits.filter(({ whole }) => isMeant(whole.slab))
    if (taken.length > 0) this.#splits = this.#splits.filter(({ whole }) => !isMeant(whole.slab))
    return taken.map(({ whole }) => whole)
  }

  /** A batch is in other slabs now: whoever waits for it waits for those. */
  replace(slab: SlabId, by: readonly SlabUse[]): void {
    if (this.#splits.length === 0) return
    this.#splits = this.#splits.map(({ whole, parts }) => ({
      whole,
      parts: parts.flatMap((part) => (part.slab === slab ? by : [part])),
    }))
  }

  /** Takes out those of whose parts none is awaited any more. @returns them */
  takeReady(isAwaited: (part: SlabUse) => boolean): readonly SlabUse[] {
    if (this.#splits.length === 0) return []
    const left = this.#splits.map(({ whole, parts }) => ({ whole, parts: parts.filter(isAwaited) }))
    this.#splits = left.filter(({ parts }) => parts.length > 0)
    return left.filter(({ parts }) => parts.length === 0).map(({ whole }) => whole)
  }
}
