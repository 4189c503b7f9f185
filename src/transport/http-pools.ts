import { DeliveryError } from './http-errors.js'
import type { RequestTemplate } from './request-template.js'
import type { Delivery } from './transport.js'
import type { UndiciExchange } from './undici-exchange.js'

/** The connections of one origin with one set of settings. */
export interface Pool {
  /** Sends the delivery and settles the exchange. */
  run(exchange: UndiciExchange, template: RequestTemplate, delivery: Delivery): void
  /** Closes every connection; exchanges under way fail. */
  destroy(): void
}

/**
 * The pools of a shard. A pool without a connection is forgotten, so that what this holds is in proportion to the connections and
 * not to the origins that were ever sent to.
 */
export class HttpPools {
  readonly #pools = new Map<string, Pool>()
  #closed = false

  get size(): number {
    return this.#pools.size
  }

  /**
   * Throws a `DeliveryError` after `destroy`.
   * @param create makes the pool; it is to call `onEmpty` whenever it has no connection left
   */
  get(key: string, create: (onEmpty: () => void) => Pool): Pool {
    if (this.#closed) throw new DeliveryError('reset', 'the transport is closed')
    const known = this.#pools.get(key)
    if (known !== undefined) return known
    const pool = create(() => {
      if (this.#pools.get(key) === pool) this.#pools.delete(key)
    })
    this.#pools.set(key, pool)
    return pool
  }

  destroy(): void {
    this.#closed = true
    for (const pool of [...this.#pools.values()]) pool.destroy()
  }
}
