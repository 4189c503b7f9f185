import type { Readable } from 'node:stream'

const NOTHING = Buffer.alloc(0)
/** `HTTP/1.1 1`: the first digit of a status stands at its end. */
const STATUS_AT = 9
const ONE = 0x31
const START = Buffer.from('HTTP/1.')
const END = Buffer.from('\r\n\r\n')
/** 101: what follows it is no HTTP any more, so it is for the parser to refuse. */
const SWITCHING = '101'

/**
 * Takes the interim heads (1xx) that a receiver may send before its answer, asked for or not (RFC 9110 15.2), out of the bytes of an
 * HTTP/1.1 connection: undici takes a 100 that it has not asked for as the end of the connection. An ordinary answer costs a
 * look at one byte. What is not surely an interim head is passed on as it came.
 *
 * - open: at the start of a head
 * - closed: in the answer, or in what is none; until `restart`
 */
export class InterimHeads {
  #isOpen = true
  /** The start of a head that is not complete. */
  #held: Buffer = NOTHING

  /** @param maxHeadBytes a longer head is passed on */
  constructor(readonly maxHeadBytes: number) {}

  /** The next answer is awaited. */
  restart(): void {
    this.#isOpen = true
  }

  /** @returns what there is of the answer; null: nothing yet */
  pass(chunk: Buffer): Buffer | null {
    if (!this.#isOpen) return chunk
    if (this.#held.length === 0 && chunk.length > STATUS_AT && chunk[STATUS_AT] !== ONE) {
      this.#isOpen = false
      return chunk
    }
    return this.#passHeads(this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]))
  }

  #passHeads(bytes: Buffer): Buffer | null {
    let rest = bytes
    while (isInterim(rest)) {
      const end = rest.indexOf(END)
      if (end === -1 && rest.length <= this.maxHeadBytes) {
        this.#held = rest
        return null
      }
      if (end === -1) break
      rest = rest.subarray(end + END.length)
    }
    this.#isOpen = false
    this.#held = NOTHING
    return rest
  }
}

/**
 * Keeps interim heads from whatever reads the stream. It stands where the stream is filled: Node hands over each piece that comes by
 * a call of `push`.
 */
export function skipInterimHeads(stream: Readable, maxHeadBytes: number): InterimHeads {
  const heads = new InterimHeads(maxHeadBytes)
  const { push } = stream
  stream.push = (chunk: Buffer | null) => {
    const answer = chunk === null ? null : heads.pass(chunk)
    // After a piece that is held back the stream goes on reading.
    return chunk !== null && answer === null ? true : push.call(stream, answer)
  }
  return heads
}

/** Whether this is, or may still become, an interim head that can be left out. */
function isInterim(bytes: Buffer): boolean {
  const shown = Math.min(bytes.length, START.length)
  if (START.compare(bytes, 0, shown, 0, shown) !== 0) return false
  if (bytes.length <= STATUS_AT) return true
  return bytes[STATUS_AT] === ONE && bytes.toString('latin1', STATUS_AT, STATUS_AT + SWITCHING.length) !== SWITCHING
}
