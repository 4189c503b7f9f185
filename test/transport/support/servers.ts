import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Listening {
  readonly port: number
  /** `http://host:port/` */
  readonly url: string
  /** How many connections were accepted so far. */
  connections(): number
  /** Cuts every connection and stops listening. */
  close(): Promise<void>
}

export async function listen(server: Server, host = '127.0.0.1'): Promise<Listening> {
  const sockets = new Set<Socket>()
  let accepted = 0
  server.on('connection', (socket: Socket) => {
    accepted += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening on a port')
  const { port } = address
  return {
    port,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/`,
    connections: () => accepted,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** A server of raw bytes: `serve` is given each connection. */
export function rawServer(serve: (socket: Socket) => void, host?: string): Promise<Listening> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    serve(socket)
  })
  return listen(server, host)
}

/** A raw server that writes the same bytes to whoever has sent something. */
export function rawAnswer(answer: string): Promise<Listening> {
  return rawServer((socket) => socket.once('data', () => socket.write(answer)))
}

export function httpServer(serve: RequestListener, host?: string): Promise<Listening> {
  return listen(createHttpServer(serve), host)
}

export interface Received {
  readonly request: IncomingMessage
  readonly body: string
}

export interface Recorder extends Listening {
  readonly received: readonly Received[]
}

/** Answers 200 to everything and remembers it. */
export async function recorder(host?: string): Promise<Recorder> {
  const received: Received[] = []
  const listening = await httpServer(async (request, response) => {
    received.push({ request, body: await text(request) })
    response.end('ok')
  }, host)
  return { ...listening, received }
}
