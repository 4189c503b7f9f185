import type { SlabId } from '../arena/arena-memory.js'

const COMPACT_AT = 1024

/** The sealed batches of one endpoint that nobody has tried yet, first in first out. */
export class Backlog {
  private slabs: SlabId[] = []
  private first = 0

  get size(): number {
    return this.slabs.length - this.first
  }

  push(slab: SlabId): void {
    this.slabs.push(slab)
  }

  peek(): SlabId | undefined {
    return this.slabs[this.first]
  }

  shift(): SlabId | undefined {
    const slab = this.slabs[this.first]
    if (slab === undefined) return undefined
    this.first += 1
    if (this.first === this.slabs.length) {
      this.slabs = []
      this.first = 0
    } else if (this.first === COMPACT_AT) {
      this.slabs = this.slabs.slice(COMPACT_AT)
      this.first = 0
    }
    return slab
  }

  takeAll(): SlabId[] {
    const all = this.slabs.slice(this.first)
    this.slabs = []
    this.first = 0
    return all
  }
}
