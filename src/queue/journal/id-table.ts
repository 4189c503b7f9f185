import { type Entry, type JobColumns, NO_ENTRY } from './job-columns.js'

/** The table grows in so many parts, each by itself, so that no growing takes long. */
const PARTS = 64
const SMALLEST_PART = 8
/** A part that is fuller than this grows … */
const MOST_FULL = 0.86
/** … by this factor: 4.7 to 5.9 bytes per entry. */
const GROWTH = 1.25
const WORDS = 6

/** Finds entries by their 24-byte id: open addressing over the columns. */
export class IdTable {
  readonly #columns: JobColumns
  readonly #parts: Part[] = Array.from({ length: PARTS }, () => ({ rows: new Uint32Array(SMALLEST_PART), used: 0 }))
  readonly #words = new Uint32Array(WORDS)
  #size = 0

  constructor(columns: JobColumns) {
    this.#columns = columns
  }

  get size(): number {
    return this.#size
  }

  /** What the table takes up. */
  get bytes(): number {
    return this.#parts.reduce((sum, { rows }) => sum + rows.byteLength, 0)
  }

  /** @returns the entry of that id, or `NO_ENTRY` */
  find(id: Uint8Array): Entry {
    const hash = this.#read(id)
    const { rows } = this.#partOf(hash)
    for (let place = placeOf(hash, rows.length); ; place = after(place, rows.length)) {
      const entry = rows[place] as Entry
      if (entry === NO_ENTRY || this.#isOf(entry)) return entry
    }
  }

  /** Writes the id into the entry's row, and makes it found. The id must not be in the table. */
  add(id: Uint8Array, entry: Entry): void {
    const hash = this.#read(id)
    this.#columns.idPage(entry).set(this.#words, this.#columns.idStart(entry))
    const part = this.#partOf(hash)
    if (part.used + 1 > part.rows.length * MOST_FULL) this.#grow(part)
    this.#put(part, hash, entry)
    part.used += 1
    this.#size += 1
  }

  remove(entry: Entry): void {
    const hash = this.#hashOf(entry)
    const part = this.#partOf(hash)
    const { rows } = part
    let hole = placeOf(hash, rows.length)
    while (rows[hole] !== entry) hole = after(hole, rows.length)
    for (let place = after(hole, rows.length); rows[place] !== NO_ENTRY; place = after(place, rows.length)) {
      const home = placeOf(this.#hashOf(rows[place] as Entry), rows.length)
      if (isBetween(hole, home, place)) continue
      rows[hole] = rows[place] as number
      hole = place
    }
    rows[hole] = NO_ENTRY
    part.used -= 1
    this.#size -= 1
  }

  /** @param into 24 bytes */
  copyId(entry: Entry, into: Uint8Array): void {
    const page = this.#columns.idPage(entry)
    const start = this.#columns.idStart(entry)
    for (let word = 0; word < WORDS; word++) {
      const value = page[start + word] as number
      into[word * 4] = value
      into[word * 4 + 1] = value >>> 8
      into[word * 4 + 2] = value >>> 16
      into[word * 4 + 3] = value >>> 24
    }
  }

  /** All entries, in no order. The table must not change meanwhile. */
  *entries(): IterableIterator<Entry> {
    for (const { rows } of this.#parts) {
      for (const row of rows) if (row !== NO_ENTRY) yield row as Entry
    }
  }

  #read(id: Uint8Array): number {
    for (let word = 0; word < WORDS; word++) {
      const at = word * 4
      this.#words[word] =
        (id[at] as number) |
        ((id[at + 1] as number) << 8) |
        ((id[at + 2] as number) << 16) |
        ((id[at + 3] as number) << 24)
    }
    return hashOf(this.#words, 0)
  }

  #hashOf(entry: Entry): number {
    return hashOf(this.#columns.idPage(entry), this.#columns.idStart(entry))
  }

  #isOf(entry: Entry): boolean {
    const page = this.#columns.idPage(entry)
    const start = this.#columns.idStart(entry)
    for (let word = 0; word < WORDS; word++) if (page[start + word] !== this.#words[word]) return false
    return true
  }

  #partOf(hash: number): Part {
    return this.#parts[hash % PARTS] as Part
  }

  #put({ rows }: Part, hash: number, entry: Entry): void {
    let place = placeOf(hash, rows.length)
    while (rows[place] !== NO_ENTRY) place = after(place, rows.length)
    rows[place] = entry
  }

  #grow(part: Part): void {
    const old = part.rows
    part.rows = new Uint32Array(Math.ceil(old.length * GROWTH))
    for (const row of old) if (row !== NO_ENTRY) this.#put(part, this.#hashOf(row as Entry), row as Entry)
  }
}

interface Part {
  rows: Uint32Array
  used: number
}

/** Ids may be chosen badly (time-ordered UUIDs, small part numbers): every bit of them reaches every bit of this. */
function hashOf(words: Uint32Array, start: number): number {
  let hash = 0x9e3779b9
  for (let word = 0; word < WORDS; word++) {
    hash = Math.imul(hash ^ (words[start + word] as number), 0x85ebca6b)
    hash ^= hash >>> 13
  }
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function placeOf(hash: number, length: number): number {
  return Math.floor((hash / 2 ** 32) * length)
}

function after(place: number, length: number): number {
  return place + 1 === length ? 0 : place + 1
}

/** Whether `home` lies in the cyclic range (hole, place]: then the entry at `place` must not move to the hole. */
function isBetween(hole: number, home: number, place: number): boolean {
  return hole < place ? hole < home && home <= place : hole < home || home <= place
}
