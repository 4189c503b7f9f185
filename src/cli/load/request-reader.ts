const HEAD_END = Buffer.from('\r\n\r\n')
/** Longer than the head of any request that is none by mistake, in bytes. */
const LONGEST_HEAD = 64 * 1024
const LENGTH = /^\d{1,15}$/

/** Bytes that are no request which a `RequestReader` knows how to read. */
export class UnreadableRequestError extends Error {
  override readonly name = 'UnreadableRequestError'
}

/** One request of HTTP/1.1, as it came. */
export class ReceivedRequest {
  readonly body: Buffer

  readonly #head: RequestHead

  constructor(head: RequestHead, bytes: Buffer) {
    this.#head = head
    this.body = bytes.subarray(head.size, head.size + head.bodySize)
  }

  /** What the request line names: the path and the query. */
  get target(): string {
    return this.#head.target
  }

  /** @param name in lower case */
  header(name: string): string | undefined {
    return this.#head.header(name)
  }
}

class RequestHead {
  /** In bytes, with the empty line. */
  readonly size: number
  /** In bytes. */
  readonly bodySize: number
  readonly #text: string
  readonly #lowerCase: string

  /** @throws UnreadableRequestError when the length of the body is not given */
  constructor(bytes: Buffer, end: number) {
    this.size = end + HEAD_END.length
    this.#text = bytes.toString('latin1', 0, end + 2)
    this.#lowerCase = this.#text.toLowerCase()
    const length = this.header('content-length')
    if (length === undefined || !LENGTH.test(length)) {
      throw new UnreadableRequestError(`Content-Length is ${length ?? 'missing'}; expected a number of bytes`)
    }
    this.bodySize = Number(length)
  }

  get target(): string {
    const start = this.#text.indexOf(' ') + 1
    return this.#text.slice(start, this.#text.indexOf(' ', start))
  }

  header(name: string): string | undefined {
    const at = this.#lowerCase.indexOf(`\r\n${name}:`)
    if (at < 0) return undefined
    const start = at + name.length + 3
    return this.#text.slice(start, this.#text.indexOf('\r\n', start)).trim()
  }
}

/**
 * Takes the requests out of the bytes of one connection, however they are cut into pieces: HTTP/1.1 (RFC 9112) with a
 * `Content-Length`, which webhooks have. Not a server for anybody else: who measures a sender on the same machine must leave it the
 * processor, and Node's own parser and streams cost a receiver half as much again.
 */
export class RequestReader {
  #pieces: Buffer[] = []
  #size = 0
  /** Bytes from which on there is something new to do. */
  #needed = 1
  #head: RequestHead | null = null

  readonly #take: (request: ReceivedRequest) => void

  constructor(take: (request: ReceivedRequest) => void) {
    this.#take = take
  }

  /** @throws UnreadableRequestError, after which nothing more can be read */
  feed(piece: Buffer): void {
    this.#pieces.push(piece)
    this.#size += piece.length
    while (this.#size >= this.#needed) this.#read(this.#joined())
  }

  #read(bytes: Buffer): void {
    this.#head ??= this.#readHead(bytes)
    const head = this.#head
    this.#needed = head === null ? bytes.length + 1 : head.size + head.bodySize
    if (head === null || bytes.length < this.#needed) return
    const rest = bytes.subarray(this.#needed)
    this.#pieces = rest.length === 0 ? [] : [rest]
    this.#size = rest.length
    this.#needed = 1
    this.#head = null
    this.#take(new ReceivedRequest(head, bytes))
  }

  #readHead(bytes: Buffer): RequestHead | null {
    const end = bytes.indexOf(HEAD_END)
    if (end >= 0) return new RequestHead(bytes, end)
    if (bytes.length <= LONGEST_HEAD) return null
    throw new UnreadableRequestError(
      `the head has not ended after ${bytes.length} bytes; expected at most ${LONGEST_HEAD}`,
    )
  }

  #joined(): Buffer {
    const [only, ...others] = this.#pieces
    const bytes = only !== undefined && others.length === 0 ? only : Buffer.concat(this.#pieces)
    this.#pieces = [bytes]
    return bytes
  }
}
