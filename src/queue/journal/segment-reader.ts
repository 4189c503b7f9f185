import type { DiskFile } from './disk.js'

const BLOCK_BYTES = 64 * 1024

/** Reads a segment in large pieces. What the medium cannot give reads as zeros, and is counted. */
export class SegmentReader {
  readonly #pieceBytes: number
  #file: DiskFile | null = null
  #size = 0
  #buffer: Buffer
  #start = 0
  #length = 0
  #unreadable = 0

  constructor(pieceBytes: number) {
    this.#pieceBytes = pieceBytes
    this.#buffer = Buffer.allocUnsafeSlow(pieceBytes)
  }

  /** @param size bytes of the file that may be read */
  open(file: DiskFile, size: number): void {
    this.#file = file
    this.#size = size
    this.#start = 0
    this.#length = 0
    this.#unreadable = 0
  }

  /** Blocks that could not be read since `open`. */
  get unreadable(): number {
    return this.#unreadable
  }

  /** What was loaded last. A later `load` may overwrite it. */
  get buffer(): Buffer {
    return this.#buffer
  }

  /** Loads at least this part of the file, or as much as there is. @returns where in the buffer it begins */
  load(position: number, bytes: number): number {
    const end = Math.min(position + bytes, this.#size)
    if (position < this.#start || end > this.#start + this.#length) this.#read(position, end)
    return position - this.#start
  }

  /** How many bytes of the buffer from there on belong to the file. */
  loadedFrom(index: number): number {
    return this.#length - index
  }

  #read(position: number, end: number): void {
    const wanted = Math.max(end - position, Math.min(this.#pieceBytes, this.#size - position))
    if (wanted > this.#buffer.byteLength) this.#buffer = Buffer.allocUnsafeSlow(wanted)
    const into = this.#buffer.subarray(0, wanted)
    this.#start = position
    this.#length = wanted
    try {
      into.fill(0, this.#file?.read(into, position) ?? 0)
    } catch {
      this.#readBlocks(into, position)
    }
  }

  #readBlocks(into: Buffer, position: number): void {
    for (let at = 0; at < into.byteLength; at += BLOCK_BYTES) {
      const block = into.subarray(at, at + BLOCK_BYTES)
      try {
        block.fill(0, this.#file?.read(block, position + at) ?? 0)
      } catch {
        block.fill(0)
        this.#unreadable += 1
      }
    }
  }
}
