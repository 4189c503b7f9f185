import type { RateLimitConfig } from '../config/model.js'

/** A token bucket: `requests` tokens, refilled evenly over `perMs`. */
export class TokenBucket {
  #tokens: number
  #filledAtMs: number

  readonly #config: RateLimitConfig

  constructor(config: RateLimitConfig, nowMs: number) {
    this.#config = config
    this.#tokens = config.requests
    this.#filledAtMs = nowMs
  }

  /** Whether as many requests may be made at once as ever. */
  isFull(nowMs: number): boolean {
    const { requests, perMs } = this.#config
    return this.#tokens + ((nowMs - this.#filledAtMs) * requests) / perMs >= requests
  }

  /** When it is full if no token is taken before, in ms. */
  fullAtMs(nowMs: number): number {
    const { requests, perMs } = this.#config
    const tokens = Math.min(requests, this.#tokens + (Math.max(nowMs - this.#filledAtMs, 0) * requests) / perMs)
    return nowMs + ((requests - tokens) * perMs) / requests
  }

  /** Has as many tokens as one that is full at this time, in ms, unless it has fewer. */
  refillAt(fullAtMs: number): void {
    const { requests, perMs } = this.#config
    const missing = (Math.max(fullAtMs - this.#filledAtMs, 0) * requests) / perMs
    this.#tokens = Math.min(this.#tokens, Math.max(requests - missing, 0))
  }

  /** Takes a token. @returns 0 when it did, else the time in ms at which there will be one */
  take(nowMs: number): number {
    const { requests, perMs } = this.#config
    const elapsed = Math.max(nowMs - this.#filledAtMs, 0)
    this.#tokens = Math.min(requests, this.#tokens + (elapsed * requests) / perMs)
    this.#filledAtMs = Math.max(nowMs, this.#filledAtMs)
    if (this.#tokens >= 1) {
      this.#tokens -= 1
      return 0
    }
    return nowMs + Math.max(1, Math.ceil(((1 - this.#tokens) * perMs) / requests))
  }
}
