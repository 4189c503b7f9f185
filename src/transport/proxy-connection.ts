import { request } from 'node:http'
import type { Socket } from 'node:net'
import { basicCredentials } from './basic-credentials.js'
import { type EgressGuard, EgressRefusedError } from './egress.js'
import { codeOf, DeliveryError } from './http-errors.js'
import { type Cancel, type Connected, connectDirectly, connectionError, type Peer } from './tcp-connection.js'
import { startTls } from './tls-connection.js'

export interface ProxiedTarget {
  /** `http:` or `https:`, with user name and password where the proxy wants them. */
  readonly proxy: URL
  readonly peer: Peer
  readonly guard: EgressGuard
  readonly localAddress: string | null
  /** Whether the connection leads to the peer (CONNECT, RFC 9110 9.3.6); else it ends at the proxy. */
  readonly tunnels: boolean
}

/**
 * Connects through an HTTP proxy. The egress guard is asked about the target, by the addresses that its name has here, before
 * the proxy is, and about the proxy's own address. Which address the proxy connects to in the end is not seen.
 */
export function connectByProxy(target: ProxiedTarget, connected: Connected): Cancel {
  const { proxy, peer, guard, localAddress, tunnels } = target
  const begun: Cancel[] = []
  let isCancelled = false
  const tunnel: Connected = (result) => {
    if (isCancelled) return
    if (result instanceof Error || !tunnels) connected(result)
    else begun.push(openTunnel(result, proxy, peer, connected))
  }
  const checked = (refusal: Error | null): void => {
    if (refusal === null) begun.push(connectToProxy(proxy, guard, localAddress, tunnel))
    else connected(refusal instanceof EgressRefusedError ? refusal : connectionError(refusal, peer))
  }
  begun.push(guard.checkProxied(peer.host, checked))
  return () => {
    isCancelled = true
    for (const cancel of begun) cancel()
  }
}

function connectToProxy(proxy: URL, guard: EgressGuard, localAddress: string | null, connected: Connected): Cancel {
  const isSecure = proxy.protocol === 'https:'
  const host = proxy.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = proxy.port === '' ? (isSecure ? 443 : 80) : Number(proxy.port)
  const peer: Peer = { host, port, where: `proxy ${proxy.host}` }
  const refusal = guard.checkUrl(proxy)
  if (refusal !== null) {
    connected(new EgressRefusedError({ ...refusal, message: `proxy ${refusal.message}` }))
    return nothingBegun
  }
  let cancelTls = nothingBegun
  const cancelTcp = connectDirectly(peer, guard, localAddress, (result) => {
    if (result instanceof Error || !isSecure) connected(result)
    else cancelTls = startTls(result, peer, { ALPNProtocols: ['http/1.1'] }, nothingToResume, connected)
  })
  return () => {
    cancelTls()
    cancelTcp()
  }
}

function openTunnel(socket: Socket, proxy: URL, peer: Peer, connected: Connected): Cancel {
  const where = `proxy ${proxy.host}`
  const authority = peer.host.includes(':') ? `[${peer.host}]:${peer.port}` : `${peer.host}:${peer.port}`
  const credentials = basicCredentials(proxy)
  const asking = request({
    createConnection: () => socket,
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...(credentials === null ? {} : { 'proxy-authorization': credentials }) },
  })
  asking.on('error', (error) => {
    connected(new DeliveryError('connect', `${where} ended the connection (${codeOf(error)})`, { cause: error }))
  })
  asking.once('connect', (response, tunnel, head) => {
    const { statusCode = 0 } = response
    if (statusCode < 200 || statusCode > 299) {
      tunnel.destroy()
      connected(new DeliveryError('connect', `${where} answered ${statusCode} to CONNECT ${authority}`))
      return
    }
    if (head.length > 0) tunnel.unshift(head)
    connected(tunnel)
  })
  asking.end()
  return () => {
    asking.destroy()
    socket.destroy()
  }
}

function nothingBegun(): void {
  // There is nothing to cancel.
}

function nothingToResume(): void {
  // Sessions with the proxy are not kept.
}
