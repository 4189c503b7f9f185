import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { CONNECTION_AGE_MS } from './connection-age.js'
import type { Connector } from './connector.js'
import type { Carrier, Exchange } from './exchange.js'
import { DeliveryError } from './http-errors.js'
import { MAX_HTTP2_CONNECTIONS } from './http-limits.js'
import type { Pool } from './http-pools.js'
import { Http1Pool } from './http1-pool.js'
import { Http2Connection, type Http2Home } from './http2-connection.js'
import { ReconnectPause } from './reconnect-pause.js'
import type { RequestTemplate } from './request-template.js'
import type { Cancel } from './tcp-connection.js'
import type { Delivery } from './transport.js'

interface Waiting {
  readonly exchange: Exchange
  readonly template: RequestTemplate
  readonly delivery: Delivery
}

/**
 * The connections of one app with an origin that is offered HTTP/2. One connection is made at a time, and what is sent meanwhile waits
 * for it: if the receiver takes HTTP/2 they all share it. If it does not, they go over an HTTP/1.1 pool, until that is empty.
 * There are only so many connections: what finds no room on them waits for it, or runs out of time.
 */
export class Http2Pool implements Pool, Http2Home {
  readonly #connections: Http2Connection[] = []
  readonly #waiting = new Set<Waiting>()
  readonly #pause = new ReconnectPause()
  #fallback: Http1Pool | null = null
  #cancel: Cancel | null = null
  /** Set for the end of a pause. */
  #timer: NodeJS.Timeout | null = null

  constructor(
    readonly origin: string,
    readonly connector: Pick<Connector, 'connect'>,
    readonly onEmpty: () => void,
    readonly ageMs = CONNECTION_AGE_MS,
  ) {}

  run(exchange: Exchange, template: RequestTemplate, delivery: Delivery): void {
    if (this.#fallback !== null) {
      this.#fallback.run(exchange, template, delivery)
      return
    }
    const connection = this.#connections.find(({ hasRoom }) => hasRoom)
    if (connection !== undefined) {
      carry(connection, { exchange, template, delivery })
      return
    }
    // The arrays of a delivery are the caller's again once `send` has returned; its body is not.
    const waiting = { exchange, template, delivery: { ...delivery, headers: [...delivery.headers] } }
    this.#waiting.add(waiting)
    exchange.carriedBy(this.#queuePlace(waiting))
    this.#connect()
  }

  destroy(): void {
    this.#failWaiting(new DeliveryError('reset', 'the transport is closing'))
    for (const connection of [...this.#connections]) connection.destroy()
    this.#fallback?.destroy()
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  room(): void {
    for (const waiting of this.#waiting) {
      const connection = this.#connections.find(({ hasRoom }) => hasRoom)
      if (connection === undefined) break
      this.#waiting.delete(waiting)
      carry(connection, waiting)
    }
    this.#connect()
  }

  answered(): void {
    this.#pause.succeeded()
  }

  failed(): void {
    this.#pause.failed(performance.now())
  }

  unusable(): void {
    this.failed()
    this.#failWaiting(
      new DeliveryError('reset', `${new URL(this.origin).host} closed the HTTP/2 connection as soon as it was made`),
    )
  }

  gone(connection: Http2Connection): void {
    this.#connections.splice(this.#connections.indexOf(connection), 1)
    this.#connect()
    this.#tellIfEmpty()
  }

  /** Makes a connection if something waits for one and there may be another, now or when the pause is over. */
  #connect(): void {
    if (this.#waiting.size === 0 || this.#cancel !== null) return
    if (this.#connections.length >= MAX_HTTP2_CONNECTIONS) return
    if (this.#connections.some(({ isStarting }) => isStarting)) return
    if (this.#isPausing()) return
    this.#cancel = this.connector.connect(['h2', 'http/1.1'], (result) => this.#connected(result))
  }

  /** Whether there is a pause, at whose end this looks again what there is to do. */
  #isPausing(): boolean {
    const leftMs = this.#pause.leftMs(performance.now())
    if (leftMs === 0) return false
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      this.#connect()
      this.#tellIfEmpty()
    }, Math.ceil(leftMs)).unref()
    return true
  }

  #failWaiting(error: Error): void {
    for (const { exchange } of [...this.#waiting]) exchange.fail(error)
  }

  #queuePlace(waiting: Waiting): Carrier {
    const connections = this.#connections
    return {
      get connected() {
        return connections.length > 0
      },
      cut: () => {
        waiting.exchange.fail(new Error('expired'))
        // What has let somebody wait in vain without doing anything else is replaced.
        for (const connection of connections.filter(({ isUseless }) => isUseless)) {
          this.failed()
          connection.destroy()
        }
      },
      release: () => {
        this.#waiting.delete(waiting)
        if (this.#waiting.size > 0) return
        this.#cancel?.()
        this.#cancel = null
        this.#tellIfEmpty()
      },
    }
  }

  #connected(result: Socket | Error): void {
    this.#cancel = null
    if (result instanceof Error) {
      this.#failWaiting(result)
      return
    }
    if (result instanceof TLSSocket && result.alpnProtocol === 'h2') {
      this.#connections.push(new Http2Connection(this.origin, result, this, this.ageMs))
      return
    }
    this.#fallBack(result)
  }

  #fallBack(socket: Socket): void {
    const queue = [...this.#waiting]
    this.#waiting.clear()
    const onEmpty = (): void => {
      this.#fallback = null
      this.#tellIfEmpty()
    }
    const fallback = new Http1Pool(this.origin, this.connector, onEmpty, this.ageMs)
    this.#fallback = fallback
    queue.forEach(({ exchange, template, delivery }, index) => {
      if (index === 0) fallback.runOn(socket, exchange, template, delivery)
      else fallback.run(exchange, template, delivery)
    })
  }

  /** The pool is kept for a pause, else that would be forgotten with it. */
  #tellIfEmpty(): void {
    if (this.#connections.length > 0 || this.#waiting.size > 0 || this.#fallback !== null) return
    if (!this.#isPausing()) this.onEmpty()
  }
}

function carry(connection: Http2Connection, { exchange, template, delivery }: Waiting): void {
  // A copy: `slice` of a Buffer is a view.
  connection.run(exchange, template.http2Headers(delivery), Buffer.from(delivery.body))
}
