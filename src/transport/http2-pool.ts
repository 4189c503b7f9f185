import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { CONNECTION_AGE_MS } from './connection-age.js'
import type { Connector } from './connector.js'
import type { Carrier, Exchange } from './exchange.js'
import { DeliveryError } from './http-errors.js'
import type { Pool } from './http-pools.js'
import { Http1Pool } from './http1-pool.js'
import { Http2Connection } from './http2-connection.js'
import type { RequestTemplate } from './request-template.js'
import type { Cancel } from './tcp-connection.js'
import type { Delivery } from './transport.js'

interface Waiting {
  readonly exchange: Exchange
  readonly template: RequestTemplate
  readonly delivery: Delivery
}

/**
 * The connections of an origin that is offered HTTP/2. One connection is made at a time, and what is sent meanwhile waits
 * for it: if the receiver takes HTTP/2 they all share it. If it does not, they go over an HTTP/1.1 pool, until that is empty.
 */
export class Http2Pool implements Pool {
  readonly #connections: Http2Connection[] = []
  readonly #waiting = new Set<Waiting>()
  #fallback: Http1Pool | null = null
  #cancel: Cancel | null = null

  constructor(
    readonly origin: string,
    readonly connector: Connector,
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
      connection.run(exchange, template.http2Headers(delivery), Buffer.from(delivery.body))
      return
    }
    // The arrays of a delivery are the caller's again once `send` has returned; its body is not.
    const waiting = { exchange, template, delivery: { ...delivery, headers: [...delivery.headers] } }
    this.#waiting.add(waiting)
    exchange.carriedBy(this.#queuePlace(waiting))
    this.#cancel ??= this.connector.connect(['h2', 'http/1.1'], (result) => this.#connected(result))
  }

  destroy(): void {
    for (const { exchange } of [...this.#waiting]) exchange.fail(new DeliveryError('reset', 'the transport is closing'))
    for (const connection of [...this.#connections]) connection.destroy()
    this.#fallback?.destroy()
  }

  #queuePlace(waiting: Waiting): Carrier {
    return {
      connected: false,
      cut: () => waiting.exchange.fail(new Error('expired')),
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
      for (const { exchange } of [...this.#waiting]) exchange.fail(result)
      return
    }
    const queue = [...this.#waiting]
    this.#waiting.clear()
    if (result instanceof TLSSocket && result.alpnProtocol === 'h2') {
      const gone = (connection: Http2Connection) => this.#gone(connection)
      this.#connections.push(new Http2Connection(this.origin, result, gone, this.ageMs))
      for (const { exchange, template, delivery } of queue) this.run(exchange, template, delivery)
      return
    }
    const onEmpty = (): void => {
      this.#fallback = null
      this.#tellIfEmpty()
    }
    const fallback = new Http1Pool(this.origin, this.connector, onEmpty, this.ageMs)
    this.#fallback = fallback
    queue.forEach(({ exchange, template, delivery }, index) => {
      if (index === 0) fallback.runOn(result, exchange, template, delivery)
      else fallback.run(exchange, template, delivery)
    })
  }

  #gone(connection: Http2Connection): void {
    this.#connections.splice(this.#connections.indexOf(connection), 1)
    this.#tellIfEmpty()
  }

  #tellIfEmpty(): void {
    if (this.#connections.length === 0 && this.#waiting.size === 0 && this.#fallback === null) this.onEmpty()
  }
}
