import type { Segment } from './segment.js'

/** The window begins with so many bytes, which most heads are shorter than. */
const SMALLEST_WINDOW = 1024
const LARGEST_WINDOW = 64 * 1024
const GROWTH = 4

/**
 * Reads parts of segments, and a window behind them that grows while what is asked for lies close behind: the parked jobs of an endpoint are
 * read in the order in which they were written. What is below a segment's end does not change until the segment is used again.
 */
export class ReadAhead {
  readonly #buffer = Buffer.allocUnsafeSlow(LARGEST_WINDOW)
  #windowBytes = SMALLEST_WINDOW
  #segment: Segment | null = null
  #order = 0
  #start = 0
  #length = 0

  /** The longest part that may be asked for, in bytes. */
  get longest(): number {
    return LARGEST_WINDOW
  }

  /** @returns as much of this part as there is, until the next call. @throws what the system says */
  read(segment: Segment, offset: number, bytes: number): Buffer {
    const end = Math.min(offset + bytes, segment.end)
    const isSame = this.#segment === segment && this.#order === segment.order
    if (!isSame || offset < this.#start || end > this.#start + this.#length) this.#load(segment, offset, bytes, isSame)
    const at = offset - this.#start
    return this.#buffer.subarray(at, Math.min(at + bytes, this.#length))
  }

  #load(segment: Segment, offset: number, bytes: number, isSame: boolean): void {
    const isClose = isSame && offset >= this.#start && offset <= this.#start + this.#length + LARGEST_WINDOW
    this.#windowBytes = isClose ? Math.min(this.#windowBytes * GROWTH, LARGEST_WINDOW) : SMALLEST_WINDOW
    const wanted = Math.min(Math.max(bytes, this.#windowBytes), Math.max(segment.end - offset, 0))
    this.#segment = null
    this.#length = this.#readFrom(segment, offset, wanted, bytes)
    this.#segment = segment
    this.#order = segment.order
    this.#start = offset
  }

  /** What is behind the part may be damaged, and must not take the part with it. */
  #readFrom({ file }: Segment, offset: number, wanted: number, bytes: number): number {
    try {
      return file.read(this.#buffer.subarray(0, wanted), offset)
    } catch (error) {
      if (wanted <= bytes) throw error
      return file.read(this.#buffer.subarray(0, bytes), offset)
    }
  }
}
