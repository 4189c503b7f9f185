import type { SlabId } from './arena-memory.js'

/** Slabs begin at multiples of a cache line. */
const LINE_SHIFT = 6
const WORD_SHIFT = 5

/**
 * A set of slabs of one arena: a bit a cache line. Of a hundred thousand slabs a `Set` would be megabytes, and finding one of them
 * two places in memory that nobody has looked at lately.
 */
export class SlabSet {
  readonly #bits: Int32Array
  #count = 0

  constructor(arenaBytes: number, slabs: Iterable<SlabId>) {
    this.#bits = new Int32Array((arenaBytes >>> (LINE_SHIFT + WORD_SHIFT)) + 1)
    for (const slab of slabs) this.add(slab)
  }

  get size(): number {
    return this.#count
  }

  /** @returns whether it was in the set */
  delete(slab: SlabId): boolean {
    if (!this.#has(slab)) return false
    this.#flip(slab)
    this.#count -= 1
    return true
  }

  add(slab: SlabId): void {
    if (this.#has(slab)) return
    this.#flip(slab)
    this.#count += 1
  }

  #has(slab: SlabId): boolean {
    return ((this.#bits[wordOf(slab)] ?? 0) & bitOf(slab)) !== 0
  }

  #flip(slab: SlabId): void {
    const word = wordOf(slab)
    this.#bits[word] = (this.#bits[word] ?? 0) ^ bitOf(slab)
  }
}

function wordOf(slab: SlabId): number {
  return slab >>> (LINE_SHIFT + WORD_SHIFT)
}

/** A shift is modulo the bits of a word. */
function bitOf(slab: SlabId): number {
  return 1 << (slab >>> LINE_SHIFT)
}
