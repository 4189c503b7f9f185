import type { SlabId } from '../arena/arena-memory.js'
import { Fifo } from '../collections/fifo.js'
import type { EndpointConfig } from '../config/model.js'
import type { Departure } from '../departure.js'
import type { EndpointNumber } from '../indexes.js'
import type { Outcome } from '../transport/transport.js'
import { CircuitBreaker } from './circuit-breaker.js'
import type { BatchFacts, CourierPorts, Room } from './ports.js'
import { TokenBucket } from './rate-limit.js'
import { decideRetry } from './retry-policy.js'
import { RetrySchedule } from './schedule.js'

/** What is the same for all couriers of a shard. */
export interface CourierParts {
  readonly facts: BatchFacts
  readonly room: Room
  readonly ports: CourierPorts
  /** 0 to 1. */
  readonly random: () => number
}

/** For how long an endpoint is to be left alone, in monotonic ms. */
export interface CourierPause {
  /** Nothing is sent before this. */
  readonly untilMs: number
  /** When the rate limit allows as many requests at once as ever. */
  readonly refilledMs: number
}

/**
 * Brings the batches of one endpoint to it: a state machine without a clock, a socket or a timer of its own.
 *
 * A batch is in the backlog (never tried), in flight, or in the schedule (waiting for its next attempt).
 *     backlog   → in flight   `pump`, when the window, the circuit, the shard's bulkhead, the rate limit and the endpoint's own
 *                             wish allow it
 *     in flight → (gone)      acknowledged, or given up
 *     in flight → schedule    failed in a way that may pass, or its halves when it was too large
 *     schedule  → in flight   `pump`, when it is due
 *     any       → (gone)      the endpoint was stopped, or its circuit stayed open past the batch's time
 *
 * With a window of 1 the batch in the schedule keeps its place in the window, so that nothing overtakes it: strict order.
 * With a larger window it does not, so that one batch that fails does not hold up the others.
 */
export class Courier {
  #config: EndpointConfig
  /** Sealed batches that nobody has tried yet. */
  readonly #backlog = new Fifo<SlabId>()
  readonly #schedule = new RetrySchedule()
  #breaker: CircuitBreaker
  #bucket: TokenBucket | null
  #inFlight = 0
  /** The batch whose outcome decides about the half-open circuit. */
  #probe: SlabId | null = null
  #isStopped = false
  /** The last outcome was that of a receiver which fails. */
  #hasFailed = false
  /** Nothing is sent any more: its batches go elsewhere. */
  #isHeld = false
  /** The shard has no room for a request of it now, and will pump it when it has. */
  #isInLine = false
  /**
   * Nothing is sent before this: the rate limit, or the receiver's `Retry-After`, which may not take more than a batch's
   * whole time: it would hold up those that come after, for however long it likes.
   */
  #notBeforeMs = 0
  readonly #facts: BatchFacts
  readonly #room: Room
  readonly #ports: CourierPorts
  readonly #random: () => number

  constructor(
    /** The endpoint's number. */
    readonly number: EndpointNumber,
    config: EndpointConfig,
    { facts, room, ports, random }: CourierParts,
    nowMs: number,
  ) {
    this.#config = config
    this.#facts = facts
    this.#room = room
    this.#ports = ports
    this.#random = random
    this.#breaker = new CircuitBreaker(config.circuitBreaker)
    this.#bucket = config.rateLimit === null ? null : new TokenBucket(config.rateLimit, nowMs)
  }

  /** Batches that it has not got rid of yet. */
  get size(): number {
    return this.#backlog.size + this.#schedule.size + this.#inFlight
  }

  /** Batches that wait for an attempt, the first or another. */
  get waiting(): number {
    return this.#backlog.size + this.#schedule.size
  }

  /** Batches that wait for their first attempt. */
  get untried(): number {
    return this.#backlog.size
  }

  get isSending(): boolean {
    return this.#inFlight > 0
  }

  /** Whether there is nothing to remember: a new courier would do the same from now on. */
  isAtRest(nowMs: number): boolean {
    const isFree = !this.#isStopped && !this.#isInLine && nowMs >= this.#notBeforeMs
    return this.size === 0 && isFree && this.#breaker.isAtRest(nowMs) && (this.#bucket?.isFull(nowMs) ?? true)
  }

  circuitState(nowMs: number): 'closed' | 'open' | 'half-open' {
    return this.#breaker.state(nowMs)
  }

  /** Asks for a batch to leave at once. @returns when it would if it were sealed now; while that is not now, batches may grow */
  askToLeave(nowMs: number): Departure {
    if (this.#isStopped) return 'now'
    if (this.#isHeld || nowMs < this.#notBeforeMs || this.#breaker.state(nowMs) !== 'closed') return 'late'
    const isFirst = this.#backlog.size === 0 && this.#inFlight + this.#scheduledInWindow < this.#config.concurrency
    if (isFirst && this.#room.askForRoom(this.number, nowMs)) return 'now'
    return this.#hasFailed ? 'late' : 'soon'
  }

  /** Takes a new configuration of the same endpoint: whatever had stopped it, an open circuit too, is over. */
  configure(config: EndpointConfig, nowMs: number): void {
    this.#config = config
    this.closeCircuit()
    this.#breaker = new CircuitBreaker(config.circuitBreaker)
    this.#bucket = config.rateLimit === null ? null : new TokenBucket(config.rateLimit, nowMs)
    this.#isStopped = false
    this.#hasFailed = false
    this.#notBeforeMs = 0
  }

  /** Forgets an open circuit and reports it as closed: the endpoint is configured again, stopped or gone. */
  closeCircuit(): void {
    this.#probe = null
    if (this.#breaker.isClosed) return
    this.#breaker = new CircuitBreaker(this.#config.circuitBreaker)
    this.#ports.circuit(this.number, 'closed')
  }

  /** Whether a 410 of the receiver has stopped it. */
  get stopped(): boolean {
    return this.#isStopped
  }

  /** Stops the endpoint, as a 410 of the receiver does: all batches become dead letters until it is configured again. */
  stop(): void {
    this.#isStopped = true
  }

  /** Sends nothing any more. What is in flight ends. */
  hold(): void {
    this.#isHeld = true
  }

  /** Takes all batches out that wait for an attempt. */
  takeWaiting(): readonly SlabId[] {
    return [...this.#schedule.takeAll(), ...this.#backlog.takeAll()]
  }

  /** Goes on where another courier of the endpoint was. */
  pause({ untilMs, refilledMs }: CourierPause): void {
    this.#notBeforeMs = Math.max(this.#notBeforeMs, untilMs)
    this.#bucket?.refillAt(refilledMs)
  }

  /** What another courier of the endpoint must know to go on in its place. */
  paused(nowMs: number): CourierPause {
    const untilMs = Math.max(this.#notBeforeMs, this.#breaker.reopensAtMs)
    return { untilMs, refilledMs: this.#bucket?.fullAtMs(nowMs) ?? 0 }
  }

  /** Takes a batch whose next attempt is due then, in ms. */
  resume(slab: SlabId, atMs: number): void {
    this.#schedule.add(slab, atMs)
  }

  /** Takes a sealed batch. @returns when to be called again, as `pump` does */
  submit(slab: SlabId, nowMs: number): number {
    this.enqueue(slab)
    return this.pump(nowMs)
  }

  /** Takes a sealed batch that `pump` is to send. */
  enqueue(slab: SlabId): void {
    this.#backlog.push(slab)
  }

  /** Takes the oldest batch that was never tried out of the backlog. */
  takeOldest(): SlabId | undefined {
    return this.#backlog.shift()
  }

  /** Sends what may be sent now. @returns when to be called again, in ms; Infinity: not before something happens */
  pump(nowMs: number): number {
    this.#isInLine = false
    if (this.#isHeld) return Number.POSITIVE_INFINITY
    if (this.#isStopped) this.#giveUpAll()
    if (this.#breaker.state(nowMs) === 'open') this.#giveUpExpired(nowMs)
    while (this.#mayAnyLeave(nowMs)) {
      const isRetryDue = this.#schedule.nextAtMs <= nowMs
      if (!isRetryDue && !this.#mayNewLeave()) break
      if (!this.#passLimits(nowMs)) break
      const slab = this.#schedule.takeDue(nowMs) ?? this.#backlog.shift()
      if (slab === undefined) break
      this.#inFlight += 1
      if (this.#breaker.pass(nowMs)) this.#probe = slab
      this.#ports.send(this.number, slab, nowMs)
    }
    return this.#nextWakeMs(nowMs)
  }

  /** Takes the outcome of a batch that was sent. */
  settled(slab: SlabId, outcome: Outcome, nowMs: number): void {
    this.#inFlight -= 1
    const wasProbe = slab === this.#probe
    if (wasProbe) this.#probe = null
    const wasStopped = this.#isStopped
    this.#hasFailed = outcome.kind === 'retry'
    const change = wasStopped ? null : this.#breaker.record(outcome.kind !== 'retry', wasProbe, nowMs)
    switch (outcome.kind) {
      case 'delivered':
        this.#ports.delivered(this.number, slab, outcome.status, nowMs)
        break
      case 'rejected':
        this.#ports.gaveUp(this.number, slab, 'rejected', outcome, outcome.failure.message)
        this.#isStopped ||= outcome.stop
        break
      case 'too-large':
        this.#halve(slab, outcome, nowMs)
        break
      case 'retry':
        this.#retry(slab, outcome, nowMs)
    }
    if (change !== null) this.#ports.circuit(this.number, change)
    if (this.#isStopped && !wasStopped) {
      this.closeCircuit()
      this.#ports.circuit(this.number, 'gone')
    }
  }

  /** The halves take the place of the batch, before everything that waits. */
  #halve(slab: SlabId, outcome: Outcome & { kind: 'too-large' }, nowMs: number): void {
    const { failure } = outcome
    if (this.#facts.events(slab) < 2) {
      this.#ports.gaveUp(this.number, slab, 'rejected', outcome, failure.message)
      return
    }
    const halves = this.#ports.halve(this.number, slab)
    if (halves === null) this.#retry(slab, { kind: 'retry', failure, retryAfterMs: null }, nowMs)
    else this.#schedule.addFirst(halves, nowMs)
  }

  #retry(slab: SlabId, outcome: Outcome & { kind: 'retry' }, nowMs: number): void {
    const { retry } = this.#config
    if (outcome.retryAfterMs !== null) {
      const waitMs = Math.min(outcome.retryAfterMs, retry.maxElapsedMs)
      this.#notBeforeMs = Math.max(this.#notBeforeMs, nowMs + waitMs)
    }
    const decision = decideRetry(
      retry,
      {
        attempts: this.#facts.attempts(slab),
        firstAttemptAtMs: this.#facts.firstAttemptAtMs(slab),
        nowMs,
        retryAfterMs: outcome.retryAfterMs,
      },
      this.#random(),
    )
    if (decision.kind === 'give-up') {
      const reason = `${outcome.failure.message}; given up: ${decision.reason}`
      this.#ports.gaveUp(this.number, slab, 'retries-exhausted', outcome, reason)
    } else {
      this.#schedule.add(slab, decision.atMs)
      this.#ports.retrying(this.number, slab, outcome, decision.atMs)
    }
  }

  get #scheduledInWindow(): number {
    return this.#config.concurrency === 1 ? this.#schedule.size : 0
  }

  #mayAnyLeave(nowMs: number): boolean {
    const isWaiting = this.#backlog.size > 0 || this.#schedule.nextAtMs <= nowMs
    return isWaiting && this.#inFlight < this.#config.concurrency && nowMs >= this.#notBeforeMs
  }

  #mayNewLeave(): boolean {
    return this.#backlog.size > 0 && this.#scheduledInWindow === 0
  }

  #passLimits(nowMs: number): boolean {
    if (!this.#breaker.mayPass(nowMs)) return false
    if (!this.#room.askForRoom(this.number, nowMs)) {
      this.#isInLine = true
      return false
    }
    const waitUntilMs = this.#bucket?.take(nowMs) ?? 0
    if (waitUntilMs > 0) this.#notBeforeMs = waitUntilMs
    return waitUntilMs === 0
  }

  #nextWakeMs(nowMs: number): number {
    if (this.#backlog.size === 0 && this.#schedule.size === 0) return Number.POSITIVE_INFINITY
    if (this.#breaker.state(nowMs) === 'open') return this.#breaker.reopensAtMs
    if (this.#isInLine) return Number.POSITIVE_INFINITY
    const isWaitingForOutcome = this.#inFlight >= this.#config.concurrency || !this.#breaker.mayPass(nowMs)
    if (isWaitingForOutcome) return Number.POSITIVE_INFINITY
    const candidateMs = this.#mayNewLeave() ? nowMs : this.#schedule.nextAtMs
    return Math.max(candidateMs, this.#notBeforeMs)
  }

  #giveUpAll(): void {
    for (const slab of this.takeWaiting()) {
      this.#ports.gaveUp(this.number, slab, 'endpoint-stopped', null, 'the endpoint answered 410 Gone')
    }
  }

  /** While the circuit is open nothing is tried, so a batch's time is counted from its sealing. */
  #giveUpExpired(nowMs: number): void {
    const { maxElapsedMs } = this.#config.retry
    const isExpired = (slab: SlabId) => this.#facts.sealedAtMs(slab) + maxElapsedMs <= nowMs
    const expired = this.#schedule.takeWhere(isExpired)
    for (let slab = this.#backlog.peek(); slab !== undefined && isExpired(slab); slab = this.#backlog.peek()) {
      this.#backlog.shift()
      expired.push(slab)
    }
    const reason = `the circuit was open until its ${maxElapsedMs} ms were over`
    for (const slab of expired) this.#ports.gaveUp(this.number, slab, 'circuit-open', null, reason)
  }
}
