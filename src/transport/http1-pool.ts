import type { Socket } from 'node:net'
import { CONNECTION_AGE_MS } from './connection-age.js'
import type { Connector } from './connector.js'
import type { Pool } from './http-pools.js'
import { Http1Connection, type Http1Home } from './http1-connection.js'
import type { RequestTemplate } from './request-template.js'
import type { Delivery } from './transport.js'
import type { UndiciExchange } from './undici-exchange.js'

/**
 * The HTTP/1.1 connections of one origin. As many as there are exchanges at once: the windows of the endpoints bound them, and
 * one endpoint never waits for another. The one used last is used first, so that those beyond the need grow old and close.
 * (undici's own pool looks through all of its connections at each request and keeps every client that it ever made.)
 */
export class Http1Pool implements Pool, Http1Home {
  readonly #open = new Set<Http1Connection>()
  readonly #idle: Http1Connection[] = []

  constructor(
    readonly origin: string,
    readonly connector: Pick<Connector, 'connect'>,
    readonly onEmpty: () => void,
    readonly ageMs = CONNECTION_AGE_MS,
  ) {}

  run(exchange: UndiciExchange, template: RequestTemplate, delivery: Delivery): void {
    const connection = this.#takeIdle() ?? this.#add(null)
    connection.run(exchange, template.options(delivery))
  }

  /** Runs the exchange on a connection that was made elsewhere. */
  runOn(socket: Socket, exchange: UndiciExchange, template: RequestTemplate, delivery: Delivery): void {
    this.#add(socket).run(exchange, template.options(delivery))
  }

  destroy(): void {
    for (const connection of [...this.#open]) connection.destroy()
  }

  idle(connection: Http1Connection): void {
    connection.place = this.#idle.length
    this.#idle.push(connection)
  }

  gone(connection: Http1Connection): void {
    this.#open.delete(connection)
    const { place } = connection
    if (place >= 0) {
      const last = this.#idle.pop()
      if (last !== undefined && last !== connection) {
        this.#idle[place] = last
        last.place = place
      }
    }
    if (this.#open.size === 0) this.onEmpty()
  }

  #takeIdle(): Http1Connection | null {
    const connection = this.#idle.pop()
    if (connection === undefined) return null
    connection.place = -1
    return connection
  }

  #add(socket: Socket | null): Http1Connection {
    const connection = new Http1Connection(this.origin, this.connector, this, socket, this.ageMs)
    this.#open.add(connection)
    return connection
  }
}
