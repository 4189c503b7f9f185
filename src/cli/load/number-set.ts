const CHUNK_BITS = 2 ** 16

/** A set of whole numbers, a bit each, in chunks that are made when they are needed. */
export class NumberSet {
  readonly #chunks: (Uint8Array | undefined)[] = []
  #members = 0

  get size(): number {
    return this.#members
  }

  /** @returns whether it was not there before */
  add(number: number): boolean {
    const chunkIndex = Math.floor(number / CHUNK_BITS)
    const chunk = this.#chunks[chunkIndex] ?? this.#addChunk(chunkIndex)
    const bit = 1 << (number & 7)
    const index = (number % CHUNK_BITS) >>> 3
    const byte = chunk[index] ?? 0
    if ((byte & bit) !== 0) return false
    chunk[index] = byte | bit
    this.#members += 1
    return true
  }

  #addChunk(index: number): Uint8Array {
    const chunk = new Uint8Array(CHUNK_BITS / 8)
    this.#chunks[index] = chunk
    return chunk
  }
}
