import { ALIGNMENT, distance } from './layout.js'
import { EVENT_HEADER_BYTES, RecordKind, Word } from './record.js'

/** No room: the offset that `append` returns for it. */
export const NO_PLACE = -1

/** What became of a record in a log: the lowest byte of its `Kind` word. */
export const LogKind = {
  /** It waits: the same number as the kind of an event's record in the ring, of which it is a copy. Threads that died at it are added. */
  Waiting: 1,
  /** It has been taken. */
  Done: 0x10,
} as const

const KIND_MASK = 0xff

/** Words before the records. */
const LogWord = {
  /** Where the first record begins, in bytes, free-running modulo 2³². */
  Head: 0,
  /** Where the next record will begin. Storing it commits a record. */
  Tail: 1,
} as const

/**
 * A log of raw event records in shared memory, with room for a fixed number of bytes: copies of records of the ring, in the order in
 * which they were appended. One thread writes; whoever takes over from it reads the same. A record counts from the store of `Tail`
 * that covers it to the store of `Head` that passes it.
 */
export class RecordLog {
  /** The bytes of the records, and other views of the same. */
  readonly bytes: Buffer
  readonly words: Uint32Array
  readonly doubles: Float64Array
  readonly #positions: Int32Array
  readonly #mask: number
  #head: number
  #tail: number

  /**
   * @param at where the log lies in `shared`, a multiple of 8
   * @param headerBytes kept for the positions before the records
   * @param capacity a power of two
   */
  constructor(
    shared: SharedArrayBuffer,
    at: number,
    headerBytes: number,
    readonly capacity: number,
  ) {
    const recordsAt = at + headerBytes
    this.#positions = new Int32Array(shared, at, headerBytes >>> 2)
    this.bytes = Buffer.from(shared, recordsAt, capacity)
    this.words = new Uint32Array(shared, recordsAt, capacity >>> 2)
    this.doubles = new Float64Array(shared, recordsAt, capacity >>> 3)
    this.#mask = capacity - 1
    this.#head = Atomics.load(this.#positions, LogWord.Head)
    this.#tail = Atomics.load(this.#positions, LogWord.Tail)
  }

  /** Completes what a former thread left between two steps. Only the thread that writes may call it. @throws Error */
  recover(): void {
    this.#skipPadding()
    let position = this.#head
    for (const offset of this.offsets()) position += ((offset - position) & this.#mask) + this.sizeAt(offset)
    if ((position | 0) !== (this.#tail | 0))
      throw new Error("the sizes of the records in the arena's reserve do not add up")
  }

  /** Bytes from the first record to the end of the last. */
  get usedBytes(): number {
    return distance(this.#head, this.#tail)
  }

  /** Copies a record of `size` bytes behind the others. @returns its offset, or `NO_PLACE` */
  append(from: Buffer, offset: number, size: number, kind: number): number {
    if (this.usedBytes === 0) this.#rewind()
    const free = this.capacity - this.usedBytes
    const start = this.#tail & this.#mask
    const padding = start + size <= this.capacity ? 0 : this.capacity - start
    if (padding + size > free) return NO_PLACE
    if (padding > 0) this.#pad(start, padding)
    const at = padding > 0 ? 0 : start
    from.copy(this.bytes, at, offset, offset + size)
    this.#setKind(at, kind)
    this.#moveTail(padding + size)
    return at
  }

  /** Gives the first record up. */
  shift(): void {
    this.#moveHead()
    this.#skipPadding()
  }

  /** The offsets of the records, the first one first. Ends early where the sizes do not add up, as they may while another thread writes. */
  *offsets(): Generator<number> {
    for (let position = this.#head; position !== this.#tail; ) {
      const offset = position & this.#mask
      const size = this.sizeAt(offset)
      const isPadding = this.kindAt(offset) === RecordKind.Padding
      if (size < (isPadding ? ALIGNMENT : EVENT_HEADER_BYTES) || size > distance(position, this.#tail)) return
      if (!isPadding) yield offset
      position = (position + size) | 0
    }
  }

  kindAt(offset: number): number {
    return (Atomics.load(this.words, (offset >>> 2) + Word.Kind) & KIND_MASK) >>> 0
  }

  sizeAt(offset: number): number {
    return this.words[(offset >>> 2) + Word.Size] ?? 0
  }

  /** Notes what has become of a record. */
  mark(offset: number, kind: number): void {
    const word = (offset >>> 2) + Word.Kind
    Atomics.store(this.words, word, this.#kindWord(word, kind))
  }

  /** An empty log goes on at the beginning, so that it holds as many bytes as a ring of the same size. */
  #rewind(): void {
    const start = this.#tail & this.#mask
    if (start === 0) return
    this.#pad(start, this.capacity - start)
    this.#moveTail(this.capacity - start)
    this.#skipPadding()
  }

  #pad(offset: number, bytes: number): void {
    this.words[(offset >>> 2) + Word.Size] = bytes
    this.words[(offset >>> 2) + Word.Kind] = RecordKind.Padding
  }

  #skipPadding(): void {
    if (this.usedBytes > 0 && this.kindAt(this.#head & this.#mask) === RecordKind.Padding) this.#moveHead()
  }

  #moveHead(): void {
    this.#head = (this.#head + this.sizeAt(this.#head & this.#mask)) | 0
    Atomics.store(this.#positions, LogWord.Head, this.#head)
  }

  #moveTail(bytes: number): void {
    this.#tail = (this.#tail + bytes) | 0
    Atomics.store(this.#positions, LogWord.Tail, this.#tail)
  }

  /** Before the record counts: nobody reads it yet. */
  #setKind(offset: number, kind: number): void {
    const word = (offset >>> 2) + Word.Kind
    this.words[word] = this.#kindWord(word, kind)
  }

  #kindWord(word: number, kind: number): number {
    return (((this.words[word] ?? 0) & ~KIND_MASK) | kind) >>> 0
  }
}
