import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Logger } from '../../index.js'
import { type ListenAddress, listenAddressText } from './listen-address.js'
import { answer, type Served } from './routes.js'
import { RunError } from './run-error.js'

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'this user may not listen there',
  ENOTFOUND: 'this host name is unknown',
}

/** Serves health and metrics. */
export class HttpServer {
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /** @throws RunError when it cannot listen there */
  static async listen(address: ListenAddress, served: () => Served, logger: Logger): Promise<HttpServer> {
    const server = createServer((request, response) => {
      respond(request, response, served()).catch((error: unknown) => {
        logger.error({ err: error, path: request.url }, 'a request could not be answered')
        response.destroy()
      })
    })
    try {
      server.listen(address.port, address.host)
      await once(server, 'listening')
    } catch (cause) {
      throw cannotListen(address, cause)
    }
    // Such as a connection that cannot be accepted because there are too many open files.
    server.on('error', (error) => logger.error({ err: error }, 'a connection for health or metrics failed'))
    return new HttpServer(server)
  }

  /** Where it listens, with the port that it has. */
  get url(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') return ''
    return `http://${listenAddressText({ host: address.address, port: address.port })}`
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}

async function respond(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  const { method = '', url = '' } = request
  const { status, headers, body } = await answer(method, url, served)
  request.resume()
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(method === 'HEAD' ? undefined : body)
}

function cannotListen(address: ListenAddress, cause: unknown): RunError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const reason = REASONS[code] ?? (cause instanceof Error ? cause.message : String(cause))
  const text = listenAddressText(address)
  return new RunError(`cannot listen on ${text}: ${reason}; name another address with --listen, or "none"`, { cause })
}
