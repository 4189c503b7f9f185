import { request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import type { Socket } from 'node:net'
import { basicCredentials } from './basic-credentials.js'
import { codeOf, DeliveryError } from './http-errors.js'
import { type Cancel, type Connected, type Peer, sourceAddress } from './tcp-connection.js'

/**
 * Opens a tunnel to `peer` through an HTTP proxy (CONNECT, RFC 9110 9.3.6). The proxy resolves the peer's name and
 * is trusted: the egress guard sees neither its address nor the one that it connects to.
 * @param proxy `http:` or `https:`, with user name and password where the proxy wants them
 */
export function connectThroughProxy(proxy: URL, peer: Peer, localAddress: string | null, connected: Connected): Cancel {
  const where = `proxy ${proxy.host}`
  const authority = peer.host.includes(':') ? `[${peer.host}]:${peer.port}` : `${peer.host}:${peer.port}`
  const credentials = basicCredentials(proxy)
  let tunnel: Socket | null = null

  const request = (proxy.protocol === 'https:' ? requestSecure : requestPlain)({
    agent: false,
    method: 'CONNECT',
    host: proxy.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: proxy.port === '' ? (proxy.protocol === 'https:' ? 443 : 80) : proxy.port,
    path: authority,
    headers: { host: authority, ...(credentials === null ? {} : { 'proxy-authorization': credentials }) },
    ...sourceAddress(localAddress),
  })
  request.on('error', (error) => {
    connected(new DeliveryError('connect', `${where} cannot be reached (${codeOf(error)})`, { cause: error }))
  })
  request.once('connect', (response, socket, head) => {
    tunnel = socket
    socket.on('error', heardByItsUser)
    if (response.statusCode !== 200) {
      socket.destroy()
      connected(new DeliveryError('connect', `${where} answered ${response.statusCode} to CONNECT ${authority}`))
      return
    }
    if (head.length > 0) socket.unshift(head)
    socket.setNoDelay(true)
    connected(socket)
  })
  request.end()

  return () => {
    request.destroy()
    tunnel?.destroy()
  }
}

function heardByItsUser(): void {
  // Between two users of a socket nobody listens for its errors, and Node would throw them.
}
