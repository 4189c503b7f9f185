import { Fifo } from '../collections/fifo.js'
import { type Linked, LinkedList } from '../collections/linked-list.js'
import type { EndpointNumber } from '../indexes.js'

/** A request that is being made, linked to those that entered its compartment before and after it. */
export class Passage implements Linked<Passage> {
  compartment: Compartment | null = null
  previous: Passage | null = null
  next: Passage | null = null

  constructor(
    readonly endpoint: EndpointNumber,
    readonly enteredAtMs: number,
  ) {}
}

class Compartment {
  readonly #line = new Fifo<EndpointNumber>()
  readonly #inLine = new Set<EndpointNumber>()
  readonly #passages = new LinkedList<Passage>()
  #count = 0

  constructor(
    /** Requests that it has room for. */
    public capacity: number,
  ) {}

  /** Requests that are in it. */
  get size(): number {
    return this.#count
  }

  /** The request that has been in it for longest. */
  get oldest(): Passage | null {
    return this.#passages.first
  }

  get isAwaited(): boolean {
    return this.#inLine.size > 0
  }

  take(passage: Passage): void {
    passage.compartment = this
    this.#passages.push(passage)
    this.#count += 1
  }

  release(passage: Passage): void {
    passage.compartment = null
    this.#passages.remove(passage)
    this.#count -= 1
  }

  queue(endpoint: EndpointNumber): void {
    if (this.#inLine.has(endpoint)) return
    this.#inLine.add(endpoint)
    this.#line.push(endpoint)
  }

  /** @returns whether it was in line */
  unqueue(endpoint: EndpointNumber): boolean {
    return this.#inLine.delete(endpoint)
  }

  next(): EndpointNumber | undefined {
    for (;;) {
      const endpoint = this.#line.shift()
      if (endpoint === undefined || this.#inLine.delete(endpoint)) return endpoint
    }
  }
}

/**
 * How many requests a shard makes at once: a bulkhead (M. Nygard, "Release It!") with two compartments.
 *
 *     brisk  the requests of all endpoints, until they have taken `slowAfterMs`
 *     slow   requests that have taken longer, and the new ones of their endpoints, until one of them is answered in time
 *
 * So endpoints that hang, however many, hold up the others for `slowAfterMs` once, and each other from then on. What was
 * brisk when it was sent goes over to `slow` though that be full: a request's own timeout is never cut short.
 *
 * An endpoint that finds its compartment full gets in line. A place that has become free goes to the head of the line, and
 * who wants another afterwards goes to its end: endpoints take turns, whatever their backlogs.
 */
export class Bulkhead {
  readonly #brisk: Compartment
  readonly #slow: Compartment
  readonly #slowEndpoints = new Set<EndpointNumber>()
  #peak = 0
  #turn: { readonly endpoint: EndpointNumber; readonly compartment: Compartment } | null = null

  readonly #slowAfterMs: number

  constructor(
    /** Requests at once, of each compartment. */
    capacity: number,
    slowAfterMs: number,
  ) {
    this.#slowAfterMs = slowAfterMs
    this.#brisk = new Compartment(capacity)
    this.#slow = new Compartment(capacity)
  }

  /** Requests that are being made. */
  get size(): number {
    return this.#brisk.size + this.#slow.size
  }

  /** When somebody in line gets a place if no request ends before, in ms; Infinity: then nobody does. */
  get nextAtMs(): number {
    if (!this.#brisk.isAwaited) return Number.POSITIVE_INFINITY
    const { oldest } = this.#brisk
    return oldest === null ? Number.POSITIVE_INFINITY : oldest.enteredAtMs + this.#slowAfterMs
  }

  /** Whether endpoints that are not slow ones wait for others to end. */
  get isAwaited(): boolean {
    return this.#brisk.isAwaited
  }

  /** The most brisk requests that were made at once since the last call. */
  takePeak(): number {
    const peak = this.#peak
    this.#peak = this.#brisk.size
    return peak
  }

  /** Changes how many brisk requests may be made at once. What is being made goes on. */
  resize(capacity: number): void {
    this.#brisk.capacity = capacity
  }

  /** Asks for a request of this endpoint. @returns whether it may be made now; if not, the endpoint is in line */
  askForRoom(endpoint: EndpointNumber, nowMs: number): boolean {
    if (this.#turn?.endpoint === endpoint) return true
    this.#age(nowMs)
    const compartment = this.#compartmentOf(endpoint)
    const reserved = this.#turn?.compartment === compartment ? 1 : 0
    if (compartment.size + reserved < compartment.capacity && !compartment.isAwaited) return true
    compartment.queue(endpoint)
    return false
  }

  /** A request is made, for which `askForRoom` said that there is. */
  enter(endpoint: EndpointNumber, nowMs: number): Passage {
    const passage = new Passage(endpoint, nowMs)
    if (this.#turn?.endpoint === endpoint) this.#turn = null
    const compartment = this.#compartmentOf(endpoint)
    compartment.take(passage)
    if (compartment === this.#brisk) this.#peak = Math.max(this.#peak, compartment.size)
    return passage
  }

  /** A request has ended, however it did. */
  leave(passage: Passage, nowMs: number): void {
    this.#age(nowMs)
    passage.compartment?.release(passage)
    if (nowMs - passage.enteredAtMs < this.#slowAfterMs) this.#quicken(passage.endpoint)
  }

  /**
   * The endpoint whose turn it is: until the next call a place is kept for one request of it. undefined: there is no place, or
   * nobody in line.
   */
  takeTurn(nowMs: number): EndpointNumber | undefined {
    this.#turn = null
    this.#age(nowMs)
    for (const compartment of [this.#brisk, this.#slow]) {
      if (compartment.size >= compartment.capacity) continue
      const endpoint = compartment.next()
      if (endpoint === undefined) continue
      this.#turn = { endpoint, compartment }
      return endpoint
    }
    return undefined
  }

  /** The endpoint is gone. */
  forget(endpoint: EndpointNumber): void {
    this.#slowEndpoints.delete(endpoint)
    this.#brisk.unqueue(endpoint)
    this.#slow.unqueue(endpoint)
  }

  #compartmentOf(endpoint: EndpointNumber): Compartment {
    return this.#slowEndpoints.has(endpoint) ? this.#slow : this.#brisk
  }

  #age(nowMs: number): void {
    for (let { oldest } = this.#brisk; oldest !== null; oldest = this.#brisk.oldest) {
      if (nowMs - oldest.enteredAtMs < this.#slowAfterMs) return
      this.#brisk.release(oldest)
      this.#slow.take(oldest)
      this.#slowEndpoints.add(oldest.endpoint)
      if (this.#brisk.unqueue(oldest.endpoint)) this.#slow.queue(oldest.endpoint)
    }
  }

  #quicken(endpoint: EndpointNumber): void {
    if (!this.#slowEndpoints.delete(endpoint)) return
    if (this.#slow.unqueue(endpoint)) this.#brisk.queue(endpoint)
  }
}
