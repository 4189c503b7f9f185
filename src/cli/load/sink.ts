import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type ReceivedRequest, RequestReader, UnreadableRequestError } from './request-reader.js'

/** Answers a request, now or later, with an empty body. */
export type Answer = (status: 200 | 500) => void

const ANSWERS = {
  200: Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
  400: Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
  500: Buffer.from('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n'),
}

/**
 * A receiver of webhooks that takes as little of the processor as it can, so that what is measured is the sender. It never closes
 * a connection, and expects a client that awaits an answer before its next request on the same connection.
 */
export class Sink {
  readonly #server: Server

  constructor(receive: (request: ReceivedRequest, answer: Answer) => void) {
    this.#server = createServer({ noDelay: true }, (socket) => serve(socket, receive))
  }

  /** Listens on a free port of the loopback interface. @returns the port */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, '127.0.0.1', () => resolve((this.#server.address() as AddressInfo).port))
    })
  }

  /** Resolves when every client has closed its connections. */
  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.close((error) => (error === undefined ? resolve() : reject(error)))
    })
  }
}

function serve(socket: Socket, receive: (request: ReceivedRequest, answer: Answer) => void): void {
  const answer: Answer = (status) => {
    if (socket.writable) socket.write(ANSWERS[status])
  }
  const reader = new RequestReader((request) => receive(request, answer))
  socket.on('error', () => socket.destroy())
  socket.on('data', (piece) => {
    try {
      reader.feed(piece)
    } catch (error) {
      if (!(error instanceof UnreadableRequestError)) throw error
      socket.end(ANSWERS[400])
      socket.removeAllListeners('data').resume()
    }
  })
}
