import type { Region } from './layout.js'

/** No unit: the answer of `take` when there is no block. */
export const NONE = -1

/**
 * The free blocks of a region: runs of 1, 2, 4 … units, each at a multiple of its own length (the buddy system of Knowlton, 1965).
 * A block that comes back is merged with its free other half, so small blocks leave no more behind than what they still use.
 */
export class Blocks {
  readonly #from: number
  readonly #units: number
  readonly #mostOrder: number
  /** By unit: the order of the free block that begins there, or `NONE`. */
  readonly #order: Int8Array
  /** The free blocks of one order are a list: the first one, then by unit the next and the one before, relative to the region. */
  readonly #first: number[]
  readonly #next: Int32Array
  readonly #before: Int32Array

  constructor({ from, to }: Region, mostOrder: number) {
    this.#from = from
    this.#units = to - from
    this.#mostOrder = mostOrder
    this.#order = new Int8Array(this.#units).fill(NONE)
    this.#next = new Int32Array(this.#units)
    this.#before = new Int32Array(this.#units)
    this.#first = Array.from({ length: mostOrder + 1 }, () => NONE)
  }

  /** @returns the first unit of a block of 2^order units, or `NONE` */
  take(order: number): number {
    let found = order
    while (found <= this.#mostOrder && this.#first[found] === NONE) found += 1
    const block = this.#first[found] ?? NONE
    if (block === NONE) return NONE
    this.#unlist(block, found)
    // The lower half is used, so that what is in use gathers at the beginning.
    while (found > order) {
      found -= 1
      this.#list(block + (1 << found), found)
    }
    return this.#from + block
  }

  /** Takes a block back that begins at `unit`, or one that has been in use by a former thread. */
  give(unit: number, order: number): void {
    let block = unit - this.#from
    let merged = order
    for (; merged < this.#mostOrder; merged++) {
      const half = this.#otherHalf(block, merged)
      if (half === NONE || this.#order[half] !== merged) break
      this.#unlist(half, merged)
      block = Math.min(block, half)
    }
    this.#list(block, merged)
  }

  /** Where the other half of the next larger block begins, relative to the region. */
  #otherHalf(block: number, order: number): number {
    const length = 1 << order
    const half = ((this.#from + block) ^ length) - this.#from
    return half < 0 || half + length > this.#units ? NONE : half
  }

  #list(block: number, order: number): void {
    const next = this.#first[order] ?? NONE
    this.#order[block] = order
    this.#next[block] = next
    this.#before[block] = NONE
    if (next !== NONE) this.#before[next] = block
    this.#first[order] = block
  }

  #unlist(block: number, order: number): void {
    const next = this.#next[block] ?? NONE
    const before = this.#before[block] ?? NONE
    this.#order[block] = NONE
    if (before === NONE) this.#first[order] = next
    else this.#next[before] = next
    if (next !== NONE) this.#before[next] = before
  }
}
