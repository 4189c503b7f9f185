import { createServer, type IncomingMessage, type RequestListener, request, type ServerResponse } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import { connect, type Socket } from 'node:net'
import { type Listening, listen } from './servers.js'

export interface Proxy extends Listening {
  /** What was asked for, `METHOD target`, and the credentials. */
  readonly asked: [request: string, credentials: string | undefined][]
}

export interface ProxyOptions {
  /** The status of every answer; default: it does what it is asked for. */
  readonly status?: number
  /** Listens with TLS. */
  readonly secure?: ServerOptions
}

/** An HTTP proxy that forwards plain HTTP, and tunnels to 443 only, as proxies do as they are shipped; `tunnelPort` lets another through. */
export async function startProxy({ status, secure }: ProxyOptions = {}, tunnelPort = 443): Promise<Proxy> {
  const asked: [string, string | undefined][] = []
  const note = ({ method, url, headers }: IncomingMessage): void => {
    asked.push([`${method} ${url}`, headers['proxy-authorization']])
  }
  const onRequest: RequestListener = (incoming, response) => {
    note(incoming)
    if (status === undefined) forward(incoming, response)
    else response.writeHead(status).end()
  }
  const server = secure === undefined ? createServer(onRequest) : createSecureServer(secure, onRequest)
  server.on('connect', (incoming: IncomingMessage, client: Socket) => {
    note(incoming)
    client.on('error', () => client.destroy())
    const port = Number(incoming.url?.split(':').pop())
    if (status !== undefined || port !== tunnelPort) client.end(`HTTP/1.1 ${status ?? 403} No\r\n\r\n`)
    else tunnel(client, port)
  })
  const listening = await listen(server)
  return { ...listening, url: secure === undefined ? listening.url : listening.url.replace('http:', 'https:'), asked }
}

/** Every name leads to loopback. */
function forward(incoming: IncomingMessage, response: ServerResponse): void {
  const url = new URL(incoming.url ?? '')
  const headers = { ...incoming.headers }
  delete headers['proxy-authorization']
  const onward = request({
    host: '127.0.0.1',
    port: url.port,
    path: url.pathname + url.search,
    method: 'POST',
    headers,
  })
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.writeHead(502).end())
  incoming.pipe(onward)
}

function tunnel(client: Socket, port: number): void {
  const upstream = connect(port, '127.0.0.1', () => {
    client.write('HTTP/1.1 200 OK\r\n\r\n')
    client.pipe(upstream).pipe(client)
  })
  upstream.on('error', () => client.destroy())
  client.on('close', () => upstream.destroy())
}
