import { isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect } from 'node:tls'
import { codeOf, DeliveryError } from './http-errors.js'
import type { Cancel, Connected, Peer } from './tcp-connection.js'
import { checkIpv6Identity } from './tls.js'

/** Speaks TLS with the peer over a socket that is connected. `onSession` is given sessions that a later connection can resume. */
export function startTls(
  raw: Socket,
  peer: Peer,
  options: Pick<ConnectionOptions, 'ALPNProtocols' | 'secureContext' | 'session'>,
  onSession: (session: Buffer) => void,
  connected: Connected,
): Cancel {
  const name = peer.host.replace(/\.$/, '')
  const socket = connect({
    ...options,
    socket: raw,
    host: name,
    rejectUnauthorized: true,
    // An address is not a server name (RFC 6066 3).
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(isIP(name) === 6 ? { checkServerIdentity: checkIpv6Identity } : {}),
  })
  socket.on('session', onSession)
  socket.once('secureConnect', () => connected(socket))
  // Stays for the life of the socket, as in `connectDirectly`.
  socket.on('error', (error) => {
    const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message
    const message = `no TLS connection with ${peer.where}: ${reason} (${codeOf(error)})`
    connected(new DeliveryError('tls', message, { cause: error }))
  })
  return () => socket.destroy()
}
