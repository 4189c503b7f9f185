import type { ArenaMemory, SlabId } from '../arena/arena-memory.js'
import { WakeUps } from '../collections/wake-ups.js'
import { Courier, type CourierParts } from '../courier/courier.js'
import type { Departure } from '../departure.js'
import type { Outlet } from '../gather/outlet.js'
import type { EndpointNumber } from '../indexes.js'
import { Counter } from '../stats/layout.js'
import type { ShardCounters } from '../stats/shard-counters.js'
import type { Admission } from './admission.js'
import type { DeadLetters } from './dead-letters.js'
import type { Delivery } from './delivery.js'
import type { Drops } from './drops.js'
import type { Endpoint } from './endpoint.js'
import type { Endpoints } from './endpoints.js'
import type { Lease } from './lease.js'
import type { Settlement } from './settlement.js'
import type { DeliverTurns } from './turns.js'
import type { Upstream } from './upstream.js'

/** Couriers that are called at one turn of the event loop, before the ring and the sockets get theirs again. */
const PUMPS_A_TURN = 64

interface CouriersParts {
  readonly endpoints: Endpoints
  readonly admission: Admission
  readonly delivery: Delivery
  readonly deadLetters: DeadLetters
  readonly drops: Drops
  readonly settlement: Settlement
  readonly counters: ShardCounters
  readonly upstream: Upstream
  readonly memory: ArenaMemory
  /** Keeps attempts from beginning; null: nothing does. */
  readonly lease: Lease | null
}

/**
 * The couriers of a shard's endpoints: each is made when the first batch comes, and called when its time or its turn has come. They
 * are the outlet of batches that are only in memory: `#enter` is the only way in, `Settlement` the only way out.
 */
export class Couriers implements Outlet, DeliverTurns {
  /** Called when the courier of an endpoint with a backlog has been called: it may need more of that. */
  onPumped: (endpoint: Endpoint, nowMs: number) => void = () => undefined
  readonly #wakeUps = new WakeUps<EndpointNumber>()
  readonly #endpoints: Endpoints
  readonly #admission: Admission
  readonly #delivery: Delivery
  readonly #deadLetters: DeadLetters
  readonly #drops: Drops
  readonly #settlement: Settlement
  readonly #counters: ShardCounters
  readonly #upstream: Upstream
  readonly #memory: ArenaMemory
  readonly #lease: Lease | null
  readonly #courierParts: CourierParts

  constructor(parts: CouriersParts) {
    this.#endpoints = parts.endpoints
    this.#admission = parts.admission
    this.#delivery = parts.delivery
    this.#deadLetters = parts.deadLetters
    this.#drops = parts.drops
    this.#settlement = parts.settlement
    this.#counters = parts.counters
    this.#upstream = parts.upstream
    this.#memory = parts.memory
    const { admission, delivery, lease } = parts
    this.#lease = lease
    const room = lease ?? admission.bulkhead
    this.#courierParts = { facts: delivery.facts, room, ports: delivery, random: Math.random }
  }

  /** When `run` is to be called though no request ends before, in ms; Infinity: then nothing is to be done. */
  get nextAtMs(): number {
    return Math.min(this.#wakeUps.nextAtMs, this.#admission.nextAtMs, this.#lease?.nextAtMs ?? Number.POSITIVE_INFINITY)
  }

  of(endpoint: Endpoint, nowMs: number): Courier {
    endpoint.courier ??= new Courier(endpoint.number, endpoint.config, this.#courierParts, nowMs)
    return endpoint.courier
  }

  submit(number: EndpointNumber, slab: SlabId, nowMs: number): void {
    const endpoint = this.#enter(number, slab)
    this.wake(endpoint, this.of(endpoint, nowMs).submit(slab, nowMs))
  }

  /**
   * Takes a batch that is sent in the turns to come: one of a former thread's, or of the store's.
   * @param dueAtMs no attempt of it is due before
   */
  takeUp(number: EndpointNumber, slab: SlabId, nowMs: number, dueAtMs = 0): void {
    const endpoint = this.#enter(number, slab)
    const courier = this.of(endpoint, nowMs)
    if (dueAtMs > nowMs) courier.resume(slab, dueAtMs)
    else courier.enqueue(slab)
    this.wake(endpoint, nowMs)
  }

  giveUp(number: EndpointNumber, slab: SlabId, cause: 'endpoint-full' | 'quarantined', error: string): void {
    this.#enter(number, slab)
    this.#delivery.gaveUp(number, slab, cause, null, error)
  }

  askToLeave(number: EndpointNumber, nowMs: number): Departure {
    return this.of(this.#endpoints.get(number), nowMs).askToLeave(nowMs)
  }

  dropOldest(number: EndpointNumber): boolean {
    const endpoint = this.#endpoints.get(number)
    const oldest = endpoint.courier?.takeOldest()
    if (oldest === undefined) return false
    this.#drops.add(endpoint, oldest)
    this.#settlement.free(endpoint, oldest)
    return true
  }

  makeRoom(): boolean {
    return this.#deadLetters.evictOldest()
  }

  /** Has the endpoint's courier called then, in ms, and no longer when it was to be called before. */
  wake(endpoint: Endpoint, atMs: number): void {
    this.#wakeUps.set(endpoint.number, atMs)
  }

  pump(endpoint: Endpoint, nowMs: number): void {
    if (endpoint.courier !== null) this.wake(endpoint, endpoint.courier.pump(nowMs))
    if (endpoint.backlog !== null) this.onPumped(endpoint, nowMs)
    this.#upstream.called(endpoint.number, nowMs)
  }

  /** A request of the endpoint has ended: calls its courier, then the one whose turn it is to make a request instead. */
  ended(endpoint: Endpoint, nowMs: number): void {
    this.pump(endpoint, nowMs)
    this.#pumpNext(this.#admission.takeTurn(nowMs), nowMs)
  }

  /** Calls those whose time has come, then those that found no room for a request before. */
  run(nowMs: number): void {
    for (const number of this.#lease?.takeWaiting(nowMs) ?? []) this.#wakeUps.set(number, nowMs)
    this.#pumpAll(() => this.#wakeUps.takeDue(nowMs), nowMs)
    this.#pumpAll(() => this.#admission.takeTurn(nowMs), nowMs)
  }

  /** Nothing here is waited for without a time. */
  rest(): boolean {
    return true
  }

  #enter(number: EndpointNumber, slab: SlabId): Endpoint {
    const endpoint = this.#endpoints.get(number)
    endpoint.heldBytes += this.#memory.slabBytes(slab)
    this.#counters.add(Counter.pending_batches, 1)
    return endpoint
  }

  #pumpAll(takeNext: () => EndpointNumber | undefined, nowMs: number): void {
    for (let pumped = 0; pumped < PUMPS_A_TURN; pumped++) {
      const number = takeNext()
      if (number === undefined) return
      this.#pumpNext(number, nowMs)
    }
  }

  #pumpNext(number: EndpointNumber | undefined, nowMs: number): void {
    const endpoint = number === undefined ? undefined : this.#endpoints.find(number)
    if (endpoint !== undefined) this.pump(endpoint, nowMs)
  }
}
