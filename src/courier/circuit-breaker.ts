import type { CircuitBreakerConfig } from '../config/model.js'

/**
 * A circuit breaker for one endpoint (M. Nygard, "Release It!").
 *
 *     closed     requests pass; results are counted over a sliding window
 *       → open       when at least `minRequests` are in the window and `failureRate` of them failed
 *     open       nothing passes until `openMs` is over
 *       → half-open  then
 *     half-open  one request passes, the probe; nothing else until its result is there
 *       → closed     when it succeeds: the window starts empty
 *       → open       when it fails: for twice as long as before, up to `maxOpenMs`
 */
export type CircuitState = 'closed' | 'open' | 'half-open'

/** What a result did to the circuit. */
export type CircuitChange = 'opened' | 'closed' | null

const SLICES = 10

export class CircuitBreaker {
  #current: CircuitState = 'closed'
  readonly #successes = new Uint32Array(SLICES)
  readonly #failures = new Uint32Array(SLICES)
  #lastSlice = 0
  #openUntilMs = 0
  #openForMs: number
  #probing = false

  readonly #config: CircuitBreakerConfig

  constructor(config: CircuitBreakerConfig) {
    this.#config = config
    this.#openForMs = config.openMs
  }

  /** The state at this time: an open circuit becomes half-open by the clock alone. */
  state(nowMs: number): CircuitState {
    if (this.#current === 'open' && nowMs >= this.#openUntilMs) {
      this.#current = 'half-open'
      this.#probing = false
    }
    return this.#current
  }

  /** Whether it is neither open nor half-open, which no clock changes. */
  get isClosed(): boolean {
    return this.#current === 'closed'
  }

  /** Whether it is closed and all results have left the window. */
  isAtRest(nowMs: number): boolean {
    return this.state(nowMs) === 'closed' && this.#sliceAt(nowMs) - this.#lastSlice >= SLICES
  }

  /** When an open circuit lets a probe pass, in ms; 0 when it is not open. */
  get reopensAtMs(): number {
    return this.#current === 'open' ? this.#openUntilMs : 0
  }

  /** Whether a request may be made now. */
  mayPass(nowMs: number): boolean {
    const state = this.state(nowMs)
    return state === 'closed' || (state === 'half-open' && !this.#probing)
  }

  /** Takes note of a request that is made, which `mayPass` has allowed. @returns whether it is the probe */
  pass(nowMs: number): boolean {
    this.#probing = this.state(nowMs) === 'half-open'
    return this.#probing
  }

  /**
   * Takes the result of a request that passed. Once the circuit has opened only the probe's counts: the others were made
   * before and say nothing new.
   */
  record(succeeded: boolean, wasProbe: boolean, nowMs: number): CircuitChange {
    if (!this.#config.enabled) return null
    const state = this.state(nowMs)
    if (state === 'open') return null
    if (state === 'half-open') {
      if (!wasProbe) return null
      this.#probing = false
      if (!succeeded) return this.#open(nowMs, Math.min(this.#openForMs * 2, this.#config.maxOpenMs))
      this.#current = 'closed'
      this.#openForMs = this.#config.openMs
      this.#forget()
      return 'closed'
    }
    const slice = this.#slide(nowMs)
    const counts = succeeded ? this.#successes : this.#failures
    counts[slice] = (counts[slice] ?? 0) + 1
    if (succeeded) return null
    const failed = sum(this.#failures)
    const total = failed + sum(this.#successes)
    const isTooMuch = total >= this.#config.minRequests && failed >= total * this.#config.failureRate
    return isTooMuch ? this.#open(nowMs, this.#config.openMs) : null
  }

  #open(nowMs: number, forMs: number): CircuitChange {
    const change = this.#current === 'closed' ? 'opened' : null
    this.#current = 'open'
    this.#openForMs = forMs
    this.#openUntilMs = nowMs + forMs
    this.#forget()
    return change
  }

  #sliceAt(nowMs: number): number {
    return Math.floor((nowMs * SLICES) / this.#config.windowMs)
  }

  /** Clears the slices that have left the window. @returns the current slice's index */
  #slide(nowMs: number): number {
    const slice = this.#sliceAt(nowMs)
    const passed = Math.min(slice - this.#lastSlice, SLICES)
    for (let step = 0; step < passed; step++) {
      this.#successes[(slice - step) % SLICES] = 0
      this.#failures[(slice - step) % SLICES] = 0
    }
    this.#lastSlice = Math.max(slice, this.#lastSlice)
    return this.#lastSlice % SLICES
  }

  #forget(): void {
    this.#successes.fill(0)
    this.#failures.fill(0)
  }
}

function sum(counts: Uint32Array): number {
  return counts.reduce((total, count) => total + count, 0)
}
