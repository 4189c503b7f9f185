import { type Location, NOWHERE } from './location.js'

/** A job in memory: its row in the columns. 0 is no entry. */
export type Entry = number & { readonly entry: unique symbol }

export const NO_ENTRY = 0 as Entry

const PAGE_BITS = 10
const PAGE_ROWS = 1 << PAGE_BITS
const ID_WORDS = 6
const ROW_BYTES = 52

const LIFE_SHIFT = 8
export const LONGEST_LIFE = 2 ** 24 - 1

/** What an entry is, in the low bits of its word. */
export const Flag = {
  /** A dead letter. */
  Dead: 1,
  /** Somebody works on it: it is not parked. */
  Held: 2,
  /** Its endpoint's order has it, perhaps though it is parked no longer. */
  Queued: 4,
  /** It is gone; the row is free as soon as the order has dropped it. */
  Gone: 8,
} as const

/**
 * What is kept in memory of each stored job: 52 bytes, off the heap, in pages, so that growing copies nothing.
 * Of a dead letter `seq` is its position among the letters.
 */
export class JobColumns {
  readonly #pages: Page[] = []
  #rows = 1
  #free = NO_ENTRY

  /** What the columns take up. */
  get bytes(): number {
    return this.#pages.length * PAGE_ROWS * ROW_BYTES
  }

  /** Where to look for the words of its id. */
  idPage(entry: Entry): Uint32Array {
    return this.#page(entry).id
  }

  idStart(entry: Entry): number {
    return (entry & (PAGE_ROWS - 1)) * ID_WORDS
  }

  seq(entry: Entry): number {
    return this.#page(entry).seq[entry & (PAGE_ROWS - 1)] as number
  }

  setSeq(entry: Entry, seq: number): void {
    this.#page(entry).seq[entry & (PAGE_ROWS - 1)] = seq
  }

  /** Where its body is. */
  location(entry: Entry): Location {
    return this.#page(entry).location[entry & (PAGE_ROWS - 1)] as Location
  }

  setLocation(entry: Entry, location: Location): void {
    this.#page(entry).location[entry & (PAGE_ROWS - 1)] = location
  }

  /** Where its newest state is, or its death, when that is not beside the body. It never lies in an older segment than the body. */
  later(entry: Entry): Location {
    return this.#page(entry).later[entry & (PAGE_ROWS - 1)] as Location
  }

  setLater(entry: Entry, location: Location): void {
    this.#page(entry).later[entry & (PAGE_ROWS - 1)] = location
  }

  bodyBytes(entry: Entry): number {
    return this.#page(entry).bodyBytes[entry & (PAGE_ROWS - 1)] as number
  }

  setBodyBytes(entry: Entry, bytes: number): void {
    this.#page(entry).bodyBytes[entry & (PAGE_ROWS - 1)] = bytes
  }

  endpoint(entry: Entry): number {
    return this.#page(entry).endpoint[entry & (PAGE_ROWS - 1)] as number
  }

  setEndpoint(entry: Entry, endpoint: number): void {
    this.#page(entry).endpoint[entry & (PAGE_ROWS - 1)] = endpoint
  }

  life(entry: Entry): number {
    return (this.#page(entry).word[entry & (PAGE_ROWS - 1)] as number) >>> LIFE_SHIFT
  }

  setLife(entry: Entry, life: number): void {
    const { word } = this.#page(entry)
    const row = entry & (PAGE_ROWS - 1)
    word[row] = ((word[row] as number) & ((1 << LIFE_SHIFT) - 1)) | (Math.min(life, LONGEST_LIFE) << LIFE_SHIFT)
  }

  has(entry: Entry, flags: number): boolean {
    return ((this.#page(entry).word[entry & (PAGE_ROWS - 1)] as number) & flags) !== 0
  }

  set(entry: Entry, flags: number): void {
    const { word } = this.#page(entry)
    const row = entry & (PAGE_ROWS - 1)
    word[row] = (word[row] as number) | flags
  }

  clear(entry: Entry, flags: number): void {
    const { word } = this.#page(entry)
    const row = entry & (PAGE_ROWS - 1)
    word[row] = (word[row] as number) & ~flags
  }

  /** @returns a row that is all zero */
  allocate(): Entry {
    if (this.#free !== NO_ENTRY) {
      const entry = this.#free
      this.#free = this.location(entry) as number as Entry
      this.setLocation(entry, NOWHERE)
      return entry
    }
    if (this.#rows >>> PAGE_BITS >= this.#pages.length) this.#pages.push(new Page())
    return this.#rows++ as Entry
  }

  free(entry: Entry): void {
    this.setLater(entry, NOWHERE)
    this.#page(entry).word[entry & (PAGE_ROWS - 1)] = 0
    this.setLocation(entry, this.#free as number as Location)
    this.#free = entry
  }

  #page(entry: Entry): Page {
    return this.#pages[entry >>> PAGE_BITS] as Page
  }
}

class Page {
  readonly id = new Uint32Array(PAGE_ROWS * ID_WORDS)
  readonly seq = new Float64Array(PAGE_ROWS)
  readonly location = new Uint32Array(PAGE_ROWS)
  readonly later = new Uint32Array(PAGE_ROWS)
  readonly bodyBytes = new Uint32Array(PAGE_ROWS)
  readonly endpoint = new Uint32Array(PAGE_ROWS)
  readonly word = new Uint32Array(PAGE_ROWS)
}
