import type { Expiring } from './expiry-list.js'
import { outcomeOfError } from './http-errors.js'
import { outcomeOfStatus } from './http-status.js'
import type { RequestTimer } from './request-timer.js'
import type { Outcome } from './transport.js'

/** What an exchange runs over, as far as the exchange has to know. */
export interface Carrier {
  /** Whether there is a connection to the receiver. */
  readonly connected: boolean
  /** Ends the exchange at once. Leads to `fail`, now or as soon as the connection is closed. */
  cut(): void
  /**
   * The exchange is over. On return nothing may hold its body any more.
   * @param intact the response came to its end
   */
  release(intact: boolean): void
}

/**
 * - starting: inside `send`, which must return before `done` may be called. To running, or to settled
 * - running: under way. To expired or settled
 * - expired: out of time, its carrier told to cut it. To settled
 * - settled: `done` has been or is about to be called
 */
type State = 'starting' | 'running' | 'expired' | 'settled'

/**
 * One request and its response, whose carrier calls `head`, `end` and `fail`. The complete head of the response decides: what becomes
 * of the body after it changes nothing.
 */
export class Exchange implements Expiring {
  previous: Expiring | null = null
  next: Expiring | null = null
  expiresAtMs = Number.POSITIVE_INFINITY
  #state: State = 'starting'
  #status = 0
  #retryAfter: string | undefined
  #carrier: Carrier | null = null

  /** @param where the receiver, as `host:port` */
  constructor(
    readonly where: string,
    readonly timer: RequestTimer,
    readonly now: () => number,
    readonly done: (outcome: Outcome) => void,
  ) {
    timer.start(this)
  }

  /** `send` is about to return. */
  started(): void {
    if (this.#state === 'starting') this.#state = 'running'
  }

  /** Where it is now; may change until it is sent. */
  carriedBy(carrier: Carrier): void {
    this.#carrier = carrier
  }

  expire(): void {
    if (this.#state === 'settled') return
    this.#state = 'expired'
    if (this.#carrier === null) this.fail(new Error('expired'))
    else this.#carrier.cut()
  }

  head(status: number, retryAfter: string | undefined): void {
    if (status < 200) return
    this.#status = status
    this.#retryAfter = retryAfter
  }

  end(): void {
    this.#settle(null)
  }

  fail(error: Error): void {
    this.#settle(error)
  }

  #settle(error: Error | null): void {
    const before = this.#state
    if (before === 'settled') return
    this.#state = 'settled'
    this.timer.stop(this)
    const outcome = this.#outcome(error, before === 'expired')
    this.#carrier?.release(error === null)
    if (before === 'starting') queueMicrotask(() => this.done(outcome))
    else this.#tell(outcome)
  }

  #outcome(error: Error | null, expired: boolean): Outcome {
    if (this.#status !== 0) return outcomeOfStatus(this.#status, this.#retryAfter, this.where, this.now())
    if (expired) return this.#timeout()
    return outcomeOfError(error ?? new Error('the response ended before it began'), this.where)
  }

  #timeout(): Outcome {
    const what = this.#carrier?.connected === true ? 'no answer from' : 'no connection to'
    const message = `${what} ${this.where} within ${this.timer.timeoutMs} ms`
    return { kind: 'retry', failure: { cause: 'timeout', status: null, message }, retryAfterMs: null }
  }

  /** undici swallows what its handlers throw. */
  #tell(outcome: Outcome): void {
    try {
      this.done(outcome)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}
