import type { Socket } from 'node:net'
import { Client, type Dispatcher } from 'undici'
import { startAge } from './connection-age.js'
import type { Connector } from './connector.js'
import type { Carrier } from './exchange.js'
import { KEEP_ALIVE_MAX_MS, KEEP_ALIVE_MS, MAX_RESPONSE_BYTES, MAX_RESPONSE_HEADER_BYTES } from './http-limits.js'
import { type InterimHeads, skipInterimHeads } from './interim-heads.js'
import type { Cancel } from './tcp-connection.js'
import type { UndiciExchange } from './undici-exchange.js'

/**
 * - idle: in the pool. To busy, or to gone when its socket closes
 * - busy: carries one exchange; when the receiver closed the socket since the last one, undici connects again
 * - gone: destroyed
 */
type State = 'idle' | 'busy' | 'gone'

/** Where connections wait for their next request. */
export interface Http1Home {
  idle(connection: Http1Connection): void
  gone(connection: Http1Connection): void
}

/**
 * One connection that speaks HTTP/1.1, one exchange at a time: an undici client whose socket is known here. Only that makes it
 * certain that nothing holds a body any more: a receiver may answer before it has read the request, and the rest would
 * go out of shared memory that holds another customer's events by then.
 */
export class Http1Connection implements Carrier {
  /** Its place among the idle ones; the pool's business. */
  place = -1
  #state: State = 'busy'
  #socket: Socket | null = null
  #heads: InterimHeads | null = null
  #cancel: Cancel | null = null
  #isOld = false
  #age: NodeJS.Timeout | undefined
  readonly #client: Client

  /** @param ready a socket that is connected already; without one the first exchange connects */
  constructor(
    readonly origin: string,
    readonly connector: Pick<Connector, 'connect'>,
    readonly home: Http1Home,
    ready: Socket | null,
    ageMs: number,
  ) {
    let unused = ready
    this.#client = new Client(origin, {
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
      maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
      maxResponseSize: MAX_RESPONSE_BYTES,
      connect: (_options, callback) => {
        const connected = (result: Socket | Error) => {
          this.#cancel = null
          if (result instanceof Error) {
            callback(result, null)
            return
          }
          this.#socket = result
          this.#isOld = false
          this.#age = startAge(ageMs, () => this.#grownOld())
          this.#heads = skipInterimHeads(result, MAX_RESPONSE_HEADER_BYTES)
          callback(null, result)
        }
        if (unused === null) this.#cancel = connector.connect(['http/1.1'], connected)
        else {
          const socket = unused
          unused = null
          queueMicrotask(() => connected(socket))
        }
      },
    })
    this.#client.on('disconnect', () => {
      this.#socket = null
      clearTimeout(this.#age)
      if (this.#state === 'idle') this.destroy()
    })
  }

  get connected(): boolean {
    return this.#socket !== null
  }

  run(exchange: UndiciExchange, options: Dispatcher.DispatchOptions): void {
    this.#state = 'busy'
    this.#heads?.restart()
    exchange.carriedBy(this)
    this.#client.dispatch(options, exchange)
  }

  cut(): void {
    this.destroy()
  }

  release(intact: boolean): void {
    if (this.#state === 'gone') return
    if (intact && !this.#isOld && this.#socket !== null && this.#socket.writableLength === 0) {
      this.#state = 'idle'
      this.home.idle(this)
    } else this.destroy()
  }

  /** Closes the socket before it returns: what it has not sent by then it never sends. */
  destroy(): void {
    if (this.#state === 'gone') return
    this.#state = 'gone'
    clearTimeout(this.#age)
    this.home.gone(this)
    this.#socket?.destroy()
    this.#cancel?.()
    this.#client.destroy(noPromise)
  }

  #grownOld(): void {
    this.#isOld = true
    if (this.#state === 'idle') this.destroy()
  }
}

function noPromise(): void {
  // Given a callback, undici makes no promise; there is nothing to wait for, the socket is closed.
}
