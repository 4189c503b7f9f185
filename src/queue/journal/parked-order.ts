import { type Entry, Flag, type JobColumns, NO_ENTRY } from './job-columns.js'

const FIRST_ROOM = 4
const GROWTH = 1.125
/** So many that are parked no longer are always allowed. */
const FEW = 32

/**
 * The parked jobs of one endpoint by seq: a heap, 4 to 4.5 bytes per job. An entry that is claimed, done or dead stays in it as a dud until
 * it comes to the top or until duds are the half. `Flag.Queued` says that an entry is in it, so that none is in it twice.
 */
export class ParkedOrder {
  readonly #columns: JobColumns
  #heap = new Uint32Array(0)
  #size = 0
  #parked = 0

  constructor(columns: JobColumns) {
    this.#columns = columns
  }

  /** What the order takes up. */
  get bytes(): number {
    return this.#heap.byteLength
  }

  get parked(): number {
    return this.#parked
  }

  /** Whether no entry is in it, not even one that is parked no longer. */
  get isEmpty(): boolean {
    return this.#size === 0
  }

  /** Adds an entry whose flags say that it is parked. */
  add(entry: Entry): void {
    this.#parked += 1
    if (this.#columns.has(entry, Flag.Queued)) return
    this.#columns.set(entry, Flag.Queued)
    this.#push(entry)
  }

  /** The entry's flags say that it is parked no longer. */
  drop(): void {
    this.#parked -= 1
    if (this.#size - this.#parked > this.#parked + FEW) this.#rebuild()
  }

  /** @returns the parked entry of the lowest seq, which is not in the order any more, or `NO_ENTRY` */
  take(): Entry {
    while (this.#size > 0) {
      const entry = this.#pop()
      const isParked = this.#isParked(entry)
      this.#release(entry)
      if (!isParked) continue
      this.#parked -= 1
      return entry
    }
    return NO_ENTRY
  }

  /** Takes a dud out at once: its seq is about to change. */
  forget(entry: Entry): void {
    const place = this.#heap.subarray(0, this.#size).indexOf(entry)
    if (place === -1) return
    this.#release(entry)
    const last = this.#heap[--this.#size] as Entry
    if (place === this.#size) return
    this.#sink(last, place)
    this.#rise(this.#heap[place] as Entry, place)
  }

  #isParked(entry: Entry): boolean {
    return !this.#columns.has(entry, Flag.Dead | Flag.Held | Flag.Gone)
  }

  #release(entry: Entry): void {
    this.#columns.clear(entry, Flag.Queued)
    if (this.#columns.has(entry, Flag.Gone)) this.#columns.free(entry)
  }

  #rebuild(): void {
    const old = this.#heap.slice(0, this.#size) as Uint32Array
    this.#heap = new Uint32Array(this.#parked + FIRST_ROOM)
    this.#size = 0
    for (const entry of old) {
      if (this.#isParked(entry as Entry)) this.#push(entry as Entry)
      else this.#release(entry as Entry)
    }
  }

  #push(entry: Entry): void {
    if (this.#size === this.#heap.length) {
      const heap = new Uint32Array(Math.ceil(this.#size * GROWTH) + FIRST_ROOM)
      heap.set(this.#heap)
      this.#heap = heap
    }
    this.#rise(entry, this.#size++)
  }

  #pop(): Entry {
    const top = this.#heap[0] as Entry
    const last = this.#heap[--this.#size] as Entry
    if (this.#size > 0) this.#sink(last, 0)
    return top
  }

  #rise(entry: Entry, from: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >>> 1
      if (!this.#isBefore(entry, this.#heap[parent] as Entry)) break
      this.#heap[place] = this.#heap[parent] as number
      place = parent
    }
    this.#heap[place] = entry
  }

  #sink(entry: Entry, from: number): void {
    let place = from
    for (;;) {
      let child = place * 2 + 1
      if (child >= this.#size) break
      if (child + 1 < this.#size && this.#isBefore(this.#heap[child + 1] as Entry, this.#heap[child] as Entry)) child++
      if (!this.#isBefore(this.#heap[child] as Entry, entry)) break
      this.#heap[place] = this.#heap[child] as number
      place = child
    }
    this.#heap[place] = entry
  }

  #isBefore(one: Entry, other: Entry): boolean {
    return this.#columns.seq(one) < this.#columns.seq(other)
  }
}
