import { Socket, type SocketConstructorOpts, type TcpSocketConnectOpts } from 'node:net'

/** What all sockets of a thread read into, one after the other. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024)

const KEEP_ALIVE_PROBE_MS = 60_000

/**
 * A TCP socket that hands what has come to its reader at once. Node puts it into the stream's buffer, tells of it in a later tick and
 * takes it out again, a twentieth of the time of a small request (benchmark `unbatched`). That holds for a reader that listens
 * for `'readable'` and then calls `read` without a size, as undici does. One that listens for `'data'`, iterates, pipes or reads by size finds
 * a socket like any; both kinds at once, or `setEncoding`, do not go together with it.
 */
export class PromptSocket extends Socket {
  /** What is being offered to the reader; null: it has been taken. */
  #offered: Buffer | null = null
  #isOffering = false

  constructor() {
    super(optionsOf((chunk) => this.#receive(chunk)))
  }

  override read(size?: number): Buffer | null {
    if (!this.#isOffering || size !== undefined) return super.read(size)
    const taken = this.#offered
    this.#offered = null
    return taken
  }

  /** @returns whether the socket may go on reading */
  #receive(chunk: Buffer): boolean {
    const left = this.readableLength === 0 ? this.#offer(chunk) : chunk
    return left === null || this.push(left)
  }

  /** @returns what the reader did not take */
  #offer(chunk: Buffer): Buffer | null {
    this.#offered = chunk
    this.#isOffering = true
    try {
      this.emit('readable')
      return this.#offered
    } finally {
      this.#offered = null
      this.#isOffering = false
    }
  }
}

function optionsOf(receive: (chunk: Buffer) => boolean): SocketConstructorOpts & Partial<TcpSocketConnectOpts> {
  return {
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
    // Without a buffer of its own Node makes one of 64 KiB for each read, of which an answer needs a hundred bytes.
    onread: { buffer: readBuffer, callback: (bytes) => receive(Buffer.from(readBuffer.subarray(0, bytes))) },
  }
}
