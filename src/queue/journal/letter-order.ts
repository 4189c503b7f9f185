import { type Entry, NO_ENTRY } from './job-columns.js'

const FIRST_ROOM = 16
const GROWTH = 1.25

/** The dead letters in the order of their deaths: positions that rise, and the entry of each, or `NO_ENTRY` where one is gone. */
export class LetterOrder {
  #positions = new Float64Array(FIRST_ROOM)
  #entries = new Uint32Array(FIRST_ROOM)
  #start = 0
  #end = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  /** @param position above all that are in the order */
  add(position: number, entry: Entry): void {
    if (this.#end === this.#entries.length) this.#makeRoom()
    this.#positions[this.#end] = position
    this.#entries[this.#end] = entry
    this.#end += 1
    this.#size += 1
  }

  remove(position: number): void {
    const place = this.#firstFrom(position)
    if (place === this.#end || this.#positions[place] !== position || this.#entries[place] === NO_ENTRY) return
    this.#entries[place] = NO_ENTRY
    this.#size -= 1
    while (this.#start < this.#end && this.#entries[this.#start] === NO_ENTRY) this.#start += 1
  }

  /** @returns the entry of the lowest position, or `NO_ENTRY` */
  oldest(): Entry {
    return this.#start < this.#end ? (this.#entries[this.#start] as Entry) : NO_ENTRY
  }

  /** Entries whose position is above `position`, in order. The order must not change meanwhile. */
  *after(position: number): IterableIterator<Entry> {
    for (let place = this.#firstFrom(position); place < this.#end; place++) {
      const entry = this.#entries[place] as Entry
      if (entry !== NO_ENTRY && (this.#positions[place] as number) > position) yield entry
    }
  }

  /** @returns the place of the first position that is not below the given one */
  #firstFrom(position: number): number {
    let low = this.#start
    let high = this.#end
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#positions[middle] as number) < position) low = middle + 1
      else high = middle
    }
    return low
  }

  #makeRoom(): void {
    const room = Math.ceil(this.#size * GROWTH) + FIRST_ROOM
    const positions = new Float64Array(room)
    const entries = new Uint32Array(room)
    let to = 0
    for (let place = this.#start; place < this.#end; place++) {
      if (this.#entries[place] === NO_ENTRY) continue
      positions[to] = this.#positions[place] as number
      entries[to++] = this.#entries[place] as number
    }
    this.#positions = positions
    this.#entries = entries
    this.#start = 0
    this.#end = to
  }
}
