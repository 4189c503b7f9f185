import type { Segment } from './segment.js'

/** A window begins with so many bytes, which most heads are shorter than. */
const SMALLEST_WINDOW = 1024
const LARGEST_WINDOW = 64 * 1024
const GROWTH = 4
/** Endpoints whose jobs lie among each other find what others have read: the next jobs of some ten endpoints are in so many windows. */
const WINDOWS = 16

/**
 * Reads parts of segments, and what lies behind them. Where what is asked for lies close behind a window, the next one is larger: the
 * parked jobs of an endpoint are read in the order in which they were written. What is below a segment's end does not change until the
 * segment is used again.
 */
export class ReadAhead {
  /** The one that was used last comes first. */
  readonly #windows: Window[] = []

  /** The longest part that may be asked for, in bytes. */
  get longest(): number {
    return LARGEST_WINDOW
  }

  /** @returns as much of this part as there is, until the next call. @throws what the system says */
  read(segment: Segment, offset: number, bytes: number): Buffer {
    const window = this.#find(segment, offset, bytes) ?? this.#load(segment, offset, bytes)
    return window.part(offset, bytes)
  }

  #find(segment: Segment, offset: number, bytes: number): Window | undefined {
    const end = Math.min(offset + bytes, segment.end)
    const place = this.#windows.findIndex((window) => window.has(segment, offset, end))
    if (place > 0) this.#windows.unshift(...this.#windows.splice(place, 1))
    return place === -1 ? undefined : this.#windows[0]
  }

  #load(segment: Segment, offset: number, bytes: number): Window {
    const before = this.#windows.find((window) => window.isCloseBefore(segment, offset))
    const { start, size } = before?.next(offset, bytes) ?? { start: offset, size: SMALLEST_WINDOW }
    const window = (this.#windows.length < WINDOWS ? null : this.#windows.pop()) ?? new Window()
    this.#windows.unshift(window)
    try {
      window.load(segment, start, Math.max(offset + bytes - start, size))
    } catch {
      // What lies around the part may be damaged, and must not take the part with it.
      window.load(segment, offset, bytes)
    }
    return window
  }
}

/** A part of a segment that was read. */
class Window {
  readonly #buffer = Buffer.allocUnsafeSlow(LARGEST_WINDOW)
  #segment: Segment | null = null
  #order = 0
  #start = 0
  #length = 0
  #size = SMALLEST_WINDOW

  has(segment: Segment, offset: number, end: number): boolean {
    return this.#isOf(segment) && offset >= this.#start && end <= this.#end
  }

  isCloseBefore(segment: Segment, offset: number): boolean {
    return this.#isOf(segment) && offset >= this.#start && offset <= this.#end + LARGEST_WINDOW
  }

  part(offset: number, bytes: number): Buffer {
    const at = offset - this.#start
    return this.#buffer.subarray(at, Math.min(at + bytes, this.#length))
  }

  /** @returns the window that is to be read for a part close behind this one: where this one ends, if that is not too far away */
  next(offset: number, bytes: number): { readonly start: number; readonly size: number } {
    const size = Math.min(this.#size * GROWTH, LARGEST_WINDOW)
    const start = Math.min(offset, this.#end)
    return { start: offset + bytes - start > size ? offset : start, size }
  }

  /** @throws what the system says; the window is empty then */
  load(segment: Segment, start: number, size: number): void {
    this.#segment = null
    const wanted = Math.min(size, Math.max(segment.end - start, 0))
    this.#length = segment.file.read(this.#buffer.subarray(0, wanted), start)
    this.#segment = segment
    this.#order = segment.order
    this.#start = start
    this.#size = size
  }

  get #end(): number {
    return this.#start + this.#length
  }

  #isOf(segment: Segment): boolean {
    return this.#segment === segment && this.#order === segment.order
  }
}
