import { isIP, type Socket } from 'node:net'
import { connect as connectTls, type SecureContext } from 'node:tls'
import type { EgressGuard } from './egress.js'
import { codeOf, DeliveryError } from './http-errors.js'
import { connectThroughProxy } from './proxy-tunnel.js'
import { type Cancel, type Connected, connectDirectly, type Peer } from './tcp-connection.js'
import { checkIpv6Identity } from './tls.js'

export interface ConnectorSettings {
  readonly peer: Peer
  readonly guard: EgressGuard
  /** null: plain HTTP. */
  readonly secureContext: SecureContext | null
  readonly proxy: URL | null
  readonly localAddress: string | null
}

export type Protocol = 'http/1.1' | 'h2'

/** Makes the connections of one origin: TCP or a proxy's tunnel, then TLS, whose session is resumed by the next one. */
export class Connector {
  #session: Buffer | undefined

  constructor(readonly settings: ConnectorSettings) {}

  /**
   * @param protocols what ALPN offers, the best first
   * @param connected not called any more once the connection is cancelled
   */
  connect(protocols: readonly Protocol[], connected: Connected): Cancel {
    const { peer, guard, secureContext, proxy, localAddress } = this.settings
    let cancelPhase: Cancel
    let open = true
    const finish: Connected = (result) => {
      if (!open) return
      open = false
      connected(result)
    }
    const established: Connected = (result) => {
      if (!open) return
      if (secureContext === null || result instanceof Error) finish(result)
      else cancelPhase = this.#secure(result, secureContext, protocols, finish)
    }
    cancelPhase =
      proxy === null
        ? connectDirectly(peer, guard, localAddress, established)
        : connectThroughProxy(proxy, peer, localAddress, established)
    return () => {
      open = false
      cancelPhase()
    }
  }

  #secure(raw: Socket, secureContext: SecureContext, protocols: readonly Protocol[], connected: Connected): Cancel {
    const { peer } = this.settings
    const name = peer.host.replace(/\.$/, '')
    const socket = connectTls({
      socket: raw,
      secureContext,
      host: name,
      ALPNProtocols: [...protocols],
      rejectUnauthorized: true,
      // An address is not a server name (RFC 6066 3).
      ...(isIP(name) === 0 ? { servername: name } : {}),
      ...(isIP(name) === 6 ? { checkServerIdentity: checkIpv6Identity } : {}),
      ...(this.#session === undefined ? {} : { session: this.#session }),
    })
    socket.on('session', (session) => {
      this.#session = session
    })
    socket.once('secureConnect', () => connected(socket))
    // Stays for the life of the socket, as in `connectDirectly`.
    socket.on('error', (error) => {
      const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message
      const message = `no TLS connection with ${peer.where}: ${reason} (${codeOf(error)})`
      connected(new DeliveryError('tls', message, { cause: error }))
    })
    return () => socket.destroy()
  }
}
