import { once, setMaxListeners } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer, type ServerOptions } from 'node:https'
import type { Socket } from 'node:net'

export interface Connection {
  /** The TCP connection, below TLS. */
  readonly socket: Socket
  /** Counted from 1. */
  readonly number: number
}

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly connection: Connection
  /** Aborted when the server closes. */
  readonly closing: AbortSignal
}

/** A server on a free port that knows its TCP connections, below TLS too, and can end them all. */
export class TestHttpServer {
  readonly #server: Server
  readonly #scheme: 'http' | 'https'
  // By remote port: a TLS socket does not give away the TCP socket below it.
  readonly #connections = new Map<number, Connection>()
  readonly #closing = new AbortController()
  #connectionCount = 0
  #port = 0

  constructor(tls: ServerOptions | null, respond: (exchange: Exchange) => Promise<void>) {
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      const connection = this.#connections.get(request.socket.remotePort ?? 0)
      // Undefined: the sender has reset the connection, so there is nobody to answer.
      if (connection !== undefined) void respond({ request, response, connection, closing: this.#closing.signal })
    }
    setMaxListeners(0, this.#closing.signal)
    this.#scheme = tls === null ? 'http' : 'https'
    this.#server = tls === null ? createHttpServer(listener) : createHttpsServer(tls, listener)
    this.#server.on('connection', (socket: Socket) => this.#remember(socket))
  }

  get origin(): string {
    return `${this.#scheme}://127.0.0.1:${this.#port}`
  }

  get port(): number {
    return this.#port
  }

  /** How many connections have been made. */
  get connectionCount(): number {
    return this.#connectionCount
  }

  /** @param port 0: any free one */
  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    if (typeof address === 'object' && address !== null) this.#port = address.port
  }

  /** Ends every connection, in whatever state it is. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    this.#closing.abort()
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const { socket } of this.#connections.values()) socket.destroy()
    await closed
  }

  #remember(socket: Socket): void {
    const { remotePort } = socket
    if (remotePort === undefined) return
    this.#connections.set(remotePort, { socket, number: ++this.#connectionCount })
    socket.once('close', () => this.#connections.delete(remotePort))
  }
}
