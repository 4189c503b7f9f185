import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import type { EgressGuard } from './egress.js'
import { connectByProxy } from './proxy-connection.js'
import { type Cancel, type Connected, connectDirectly, type Peer } from './tcp-connection.js'
import { startTls } from './tls-connection.js'

export interface ConnectorSettings {
  readonly peer: Peer
  readonly guard: EgressGuard
  /** null: plain HTTP. */
  readonly secureContext: SecureContext | null
  readonly proxy: URL | null
  readonly localAddress: string | null
}

export type Protocol = 'http/1.1' | 'h2'

/**
 * Makes the connections of one origin: TCP or a proxy's tunnel, then TLS, whose session is resumed by the next one. Plain HTTP
 * through a proxy goes over a connection with the proxy itself, in requests that name their whole URL.
 */
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
        : connectByProxy({ proxy, peer, guard, localAddress, tunnels: secureContext !== null }, established)
    return () => {
      open = false
      cancelPhase()
    }
  }

  #secure(raw: Socket, secureContext: SecureContext, protocols: readonly Protocol[], connected: Connected): Cancel {
    const session = this.#session === undefined ? {} : { session: this.#session }
    const remember = (received: Buffer): void => {
      this.#session = received
    }
    const options = { secureContext, ALPNProtocols: [...protocols], ...session }
    return startTls(raw, this.settings.peer, options, remember, connected)
  }
}
