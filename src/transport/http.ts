import { isIP } from 'node:net'
import type { AppConfig, EndpointConfig, HttpTarget } from '../config/model.js'
import { Connector } from './connector.js'
import { type EgressGuard, EgressRefusedError } from './egress.js'
import { DeliveryError, outcomeOfError } from './http-errors.js'
import { HttpPools, type Pool } from './http-pools.js'
import { Http1Pool } from './http1-pool.js'
import { Http2Pool } from './http2-pool.js'
import { RequestTemplate } from './request-template.js'
import { type RequestTimer, RequestTimers } from './request-timer.js'
import type { Peer } from './tcp-connection.js'
import { TlsContexts } from './tls.js'
import type { TlsFiles } from './tls-files.js'
import type { Delivery, Outcome, Transport, Transports } from './transport.js'
import { createExchange } from './undici-exchange.js'

export interface HttpOptions {
  readonly egress: EgressGuard
  /** The `User-Agent` of webhooks that name no other. */
  readonly userAgent: string
  /** Unix time in ms, for dates in `Retry-After`. */
  readonly now?: () => number
  /** How old connections become, in ms; see `CONNECTION_AGE_MS`. */
  readonly connectionAgeMs?: number
}

/**
 * Delivers by POST, over connections that endpoints with the same origin and the same settings share; over HTTP/2 only those of
 * one app.
 */
export function createHttpTransports(options: HttpOptions): Transports {
  const shared = new Shared(options)
  return {
    open: (app, endpoint) => shared.open(app, endpoint),
    close: () => shared.close(),
  }
}

/** What an endpoint's requests need; made at the first one. */
interface Route {
  readonly peer: Peer
  readonly template: RequestTemplate
  readonly timer: RequestTimer
  /** The files that its connections are secured with, and which reading of them; null: none. */
  readonly files: TlsFiles | null
  readonly filesVersion: number
  readonly poolKey: string
  readonly createPool: (onEmpty: () => void) => Pool
}

class Shared {
  readonly now: () => number
  readonly pools = new HttpPools()
  readonly #timers = new RequestTimers()
  readonly #tls = new TlsContexts()

  constructor(readonly options: HttpOptions) {
    this.now = options.now ?? Date.now
  }

  open(app: AppConfig, endpoint: EndpointConfig): Transport {
    const { target } = endpoint
    if (target.kind !== 'http') throw new TypeError(`not an HTTP target: ${target.kind}`)
    return new HttpTransport(this, app.id, endpoint, target)
  }

  /** Throws a `DeliveryError` or an `EgressRefusedError` when the endpoint can never be sent to. */
  route(appId: string, endpoint: EndpointConfig, target: HttpTarget): Route {
    const { egress, userAgent, connectionAgeMs } = this.options
    const url = parseUrl(target.url, 'url')
    const refusal = egress.checkUrl(url)
    if (refusal !== null) throw new EgressRefusedError(refusal)

    const secure = url.protocol === 'https:'
    const peer = peerOf(url, secure)
    const nowMs = performance.now()
    const files = secure ? this.#tls.get(endpoint.tls, nowMs) : null
    const material = files?.current(nowMs) ?? null
    const settings = {
      peer,
      guard: egress,
      secureContext: material?.context ?? null,
      proxy: endpoint.proxy === null ? null : parseUrl(endpoint.proxy, 'proxy'),
      localAddress: parseLocalAddress(endpoint.localAddress),
    }
    const http2 = secure && endpoint.http2
    const { tls, proxy, localAddress } = endpoint
    const filesVersion = material?.version ?? 0
    return {
      peer,
      template: new RequestTemplate(url, target, userAgent, settings.proxy),
      timer: this.#timers.get(endpoint.requestTimeoutMs),
      files: tls === null ? null : files,
      filesVersion,
      // An HTTP/2 connection carries many requests at once, so whoever spoils one spoils them all: no two apps share any.
      poolKey: JSON.stringify([
        url.origin,
        secure ? tls : null,
        filesVersion,
        proxy,
        localAddress,
        http2 ? appId : null,
      ]),
      createPool: (onEmpty) => {
        const connector = new Connector(settings)
        return new (http2 ? Http2Pool : Http1Pool)(url.origin, connector, onEmpty, connectionAgeMs)
      },
    }
  }

  async close(): Promise<void> {
    this.pools.destroy()
  }
}

class HttpTransport implements Transport {
  #route: Route | null = null

  constructor(
    readonly shared: Shared,
    readonly appId: string,
    readonly endpoint: EndpointConfig,
    readonly target: HttpTarget,
  ) {}

  send(delivery: Delivery, done: (outcome: Outcome) => void): void {
    const { shared, endpoint } = this
    let route: Route
    try {
      route = this.#currentRoute()
    } catch (error) {
      queueMicrotask(() => done(outcomeOfError(asError(error), endpoint.id)))
      return
    }
    const exchange = createExchange(route.peer.where, route.timer, shared.now, done)
    try {
      shared.pools.get(route.poolKey, route.createPool).run(exchange, route.template, delivery)
    } catch (error) {
      exchange.fail(asError(error))
    }
    exchange.started()
  }

  #currentRoute(): Route {
    if (this.#route === null || !isCurrent(this.#route))
      this.#route = this.shared.route(this.appId, this.endpoint, this.target)
    return this.#route
  }
}

/** Whether its files are still those that its connections are made with. */
function isCurrent({ files, filesVersion }: Route): boolean {
  return files === null || files.current(performance.now()).version === filesVersion
}

function parseUrl(text: string, setting: string): URL {
  try {
    return new URL(text)
  } catch (error) {
    throw new DeliveryError('configuration', `the webhook's ${setting} is not a URL`, { cause: error })
  }
}

function parseLocalAddress(text: string | null): string | null {
  if (text !== null && isIP(text) === 0) {
    throw new DeliveryError('configuration', `the webhook's local_address is not an IP address: ${text}`)
  }
  return text
}

function peerOf(url: URL, secure: boolean): Peer {
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port, where: `${url.hostname}:${port}` }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
