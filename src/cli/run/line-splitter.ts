/** A line of the input, without its end. */
export interface Line {
  /** Counted from 1. */
  readonly number: number
  /** Its bytes; null when there are more of them than allowed. */
  readonly bytes: Buffer | null
}

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Cuts a stream of bytes into lines that end in LF or CRLF. Holds at most the bytes of one allowed line. */
export class LineSplitter {
  readonly #maxBytes: number
  /** What has come of the current line. */
  #pieces: Buffer[] = []
  #length = 0
  #number = 1

  /** @param maxBytes of a line, its end not counted */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Whether a line has begun whose end has not come. */
  get hasPartialLine(): boolean {
    return this.#length > 0
  }

  /** Takes the next bytes, and yields the lines that they end. */
  *push(chunk: Buffer): Generator<Line, void, void> {
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      this.#add(chunk.subarray(start, end))
      start = end + 1
      yield this.#finish()
    }
    this.#add(chunk.subarray(start))
  }

  /** The last line, where the input did not end in a line end; null where it did. */
  end(): Line | null {
    return this.hasPartialLine ? this.#finish() : null
  }

  #add(piece: Buffer): void {
    this.#length += piece.length
    // One byte more, because the last one may turn out to be the CR of a CRLF.
    if (this.#length > this.#maxBytes + 1) this.#pieces = []
    else if (piece.length > 0) this.#pieces.push(piece)
  }

  #finish(): Line {
    const number = this.#number
    const isDropped = this.#length > this.#maxBytes + 1
    const whole = this.#pieces.length === 1 ? (this.#pieces[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#pieces)
    this.#number += 1
    this.#pieces = []
    this.#length = 0
    const bytes = whole.at(-1) === CARRIAGE_RETURN ? whole.subarray(0, -1) : whole
    return { number, bytes: isDropped || bytes.length > this.#maxBytes ? null : bytes }
  }
}
