import type { SlabId } from '../arena/arena-memory.js'
import type { Batches } from '../arena/batches.js'
import { SlabState, SlabWord } from '../arena/layout.js'
import type { Departure } from '../departure.js'
import { decodeHeads, idsIn } from '../hand-over/head-block.js'
import { StoreHealth } from '../hand-over/layout.js'
import type { HandOverProducer } from '../hand-over/producer.js'
import type { EndpointNumber } from '../indexes.js'
import type { JobHead } from '../queue/job.js'
import type { LoadOutcome, StorageReport } from '../storage/messages.js'
import { monotonicOf, monotonicNow as now, numberOf, type UnixMs, unixMs, unixNow } from '../time/clocks.js'
import { Backlog } from './backlog.js'
import { claimHead } from './claim-head.js'
import type { Couriers } from './couriers.js'
import type { Custodian } from './custodian.js'
import type { Delivery } from './delivery.js'
import type { DurableOutlet } from './durable-outlet.js'
import type { Endpoint } from './endpoint.js'
import type { Endpoints } from './endpoints.js'
import type { Flushes } from './flushes.js'
import { nameTo, type StorePort } from './store-port.js'
import type { Upstream } from './upstream.js'

/** Heads that are asked for at once. */
const HEADS_AT_ONCE = 64
/** Batches that the courier has at least before it and in the arena, while there is a backlog. */
const FEWEST_AHEAD = 4
/** More of them than the courier needs come as long as they are not more than this, in bytes. */
const AHEAD_BYTES = 16 * 1024
/** How long a backlog waits that the store cannot take or read now, or that finds no room in the arena, in ms. */
const LOOK_AGAIN_MS = 250

interface ParkingParts {
  readonly batches: Batches
  readonly endpoints: Endpoints
  readonly couriers: Couriers
  readonly custodian: Custodian
  readonly delivery: Pick<Delivery, 'gaveUpStored'>
  readonly flushes: Flushes
  readonly handOver: HandOverProducer
  readonly port: StorePort
  readonly upstream: Upstream
  /** Whether batches are handed over: then this is but the way back from the store. */
  readonly handsOver: boolean
  /** The part of the free arena that one endpoint may hold. */
  readonly endpointShare: number
}

/**
 * The outlet of batches that a durable queue keeps. Every sealed batch is offered to the store and goes to its courier; what an
 * endpoint cannot take for long goes on in the store alone, and comes back a window ahead of its courier. So a dead endpoint holds disk
 * and not arena.
 */
export class Parking implements DurableOutlet {
  readonly #parts: ParkingParts
  /** The endpoints that have a backlog. */
  readonly #behind = new Set<Endpoint>()
  readonly #startedAt = unixNow()
  #health: StoreHealth = StoreHealth.Ok

  constructor(parts: ParkingParts) {
    this.#parts = parts
  }

  /** When `run` is to be called, in ms; Infinity: when something has come. */
  get nextAtMs(): number {
    let atMs = Number.POSITIVE_INFINITY
    for (const { backlog } of this.#behind) atMs = Math.min(atMs, backlog?.lookAtMs ?? atMs)
    return atMs
  }

  /** The endpoints that have a backlog, by number. */
  get behind(): readonly EndpointNumber[] {
    return [...this.#behind].map(({ number }) => number)
  }

  submit(number: EndpointNumber, slab: SlabId, nowMs: number): void {
    const { endpoints, custodian, couriers } = this.#parts
    const endpoint = endpoints.get(number)
    custodian.sealed(slab, nowMs)
    if (this.#mustPark(endpoint)) this.#park(endpoint, slab)
    else couriers.submit(number, slab, nowMs)
  }

  /** Takes a batch of a former thread's. */
  takeUp(number: EndpointNumber, slab: SlabId, nowMs: number): void {
    const { custodian, couriers } = this.#parts
    custodian.adopt(slab)
    couriers.takeUp(number, slab, nowMs)
  }

  /** Takes a batch that a former thread was parking. */
  takeUpParked(endpoint: Endpoint, slab: SlabId): void {
    this.#backlogOf(endpoint).leaving += 1
    this.#parts.custodian.adopt(slab)
  }

  /** What an endpoint has no room for in the arena goes on in the store alone, where that takes it. */
  giveUp(number: EndpointNumber, slab: SlabId, cause: 'endpoint-full' | 'quarantined', error: string): void {
    if (cause === 'endpoint-full' && this.#parts.handOver.health === StoreHealth.Ok) {
      this.#parts.custodian.sealed(slab, now())
      this.#park(this.#parts.endpoints.get(number), slab)
      return
    }
    this.#parts.couriers.giveUp(number, slab, cause, error)
  }

  /**
   * A batch is sealed at its deadline whatever its courier does: only sealed ones are stored. Not where more comes than leaves: there
   * the many small batches would take longer than what they were made of, and fill the arena.
   */
  askToLeave(number: EndpointNumber, nowMs: number): Departure {
    const { batches, couriers, endpoints } = this.#parts
    if (!batches.allocator.isCrowded || endpoints.get(number).backlog !== null) return 'now'
    const departure = couriers.askToLeave(number, nowMs)
    return departure === 'late' ? 'now' : departure
  }

  dropOldest(number: EndpointNumber): boolean {
    return this.#parts.couriers.dropOldest(number)
  }

  makeRoom(): boolean {
    return this.#parts.couriers.makeRoom()
  }

  /** The store may have parked jobs of the endpoint. @returns whether the endpoint is known */
  mayHave(number: EndpointNumber): boolean {
    const endpoint = this.#parts.endpoints.find(number)
    if (endpoint === undefined) return false
    const backlog = this.#backlogOf(endpoint)
    backlog.mayHaveMore = true
    backlog.isAnswerStale = true
    this.refill(endpoint, now())
    return true
  }

  /** A batch that was parked is in the store now. */
  parked(slab: SlabId): void {
    const { batches, endpoints, upstream } = this.#parts
    const endpoint = endpoints.get(batches.slabs.endpoint(slab))
    upstream.held(endpoint.number, -batches.allocator.memory.slabBytes(slab))
    const backlog = this.#backlogOf(endpoint)
    backlog.leaving -= 1
    backlog.mayHaveMore = true
    backlog.isAnswerStale = true
    backlog.lookAtMs = Math.min(backlog.lookAtMs, now())
  }

  run(nowMs: number): void {
    const { health } = this.#parts.handOver
    if (health !== this.#health) for (const { backlog } of this.#behind) if (backlog !== null) backlog.lookAtMs = nowMs
    this.#health = health
    if (health !== StoreHealth.Ok && !this.#parts.handsOver) this.#takeBack(health, nowMs)
    for (const endpoint of this.#behind) {
      const { backlog } = endpoint
      if (backlog === null || backlog.lookAtMs > nowMs) continue
      backlog.lookAtMs = backlog.leaving > 0 ? nowMs + LOOK_AGAIN_MS : Number.POSITIVE_INFINITY
      this.refill(endpoint, nowMs)
      this.#parts.upstream.called(endpoint.number, nowMs)
    }
  }

  receive(report: StorageReport): void {
    if (report.kind === 'taken') this.#taken(report)
    else if (report.kind === 'loaded') this.#loadedAll(report.slabs, report.outcomes)
  }

  /** What the endpoint has in the store stays there: nothing more of it is asked for. What was asked for is still to come. */
  withdraw(endpoint: Endpoint): void {
    const { backlog } = endpoint
    if (backlog === null) return
    backlog.isWithdrawn = true
    backlog.heads = []
    backlog.lookAtMs = Number.POSITIVE_INFINITY
  }

  /** There is another storage thread, which knows nothing of what the former one was asked. */
  reconnected(): void {
    for (const endpoint of this.#behind) {
      const { backlog } = endpoint
      if (backlog === null) continue
      for (const slab of backlog.loading.keys()) this.#giveBack(endpoint, slab)
      backlog.loading.clear()
      backlog.heads = []
      backlog.isAsked = false
      backlog.askAtMs = 0
      backlog.mayHaveMore = true
      backlog.lookAtMs = now()
    }
  }

  /** Brings what the endpoint's courier will need soon back from the store. */
  refill(endpoint: Endpoint, nowMs: number): void {
    const { backlog } = endpoint
    if (backlog === null || backlog.isWithdrawn || backlog.isAnswerDue) return
    const courier = this.#parts.couriers.of(endpoint, nowMs)
    const isOpen = courier.circuitState(nowMs) === 'open'
    if (isOpen) this.#giveUpExpired(endpoint, backlog)
    if (backlog.heads.length === 0 && backlog.mayHaveMore) this.#ask(endpoint, backlog, nowMs)
    else if (backlog.isEmpty) this.end(endpoint)
    else if (!isOpen) {
      const ahead = this.#aheadOf(endpoint, backlog)
      if (courier.untried <= ahead / 2) this.#load(endpoint, backlog, ahead - courier.waiting, nowMs)
    }
    this.#parts.flushes.reached(endpoint.number, endpoint.backlog?.nextSeq ?? Number.POSITIVE_INFINITY)
  }

  #ahead({ config }: Endpoint): number {
    return Math.max(config.concurrency * 2, FEWEST_AHEAD)
  }

  /** Small ones come many at a time: a message between threads takes longer than a small request. */
  #aheadOf(endpoint: Endpoint, { heads }: Backlog): number {
    const [{ bodyBytes } = { bodyBytes: AHEAD_BYTES }] = heads
    return Math.max(this.#ahead(endpoint), Math.min(HEADS_AT_ONCE / 2, AHEAD_BYTES / bodyBytes))
  }

  #mustPark(endpoint: Endpoint): boolean {
    const { health } = this.#parts.handOver
    if (health === StoreHealth.Down) return false
    if (endpoint.backlog !== null) return true
    if (health === StoreHealth.Full) return false
    const { courier, heldBytes } = endpoint
    if (courier === null || courier.waiting < this.#ahead(endpoint)) return false
    return heldBytes > (this.#parts.endpointShare * this.#parts.batches.allocator.freeBytes) / 2
  }

  #park(endpoint: Endpoint, slab: SlabId): void {
    const backlog = this.#backlogOf(endpoint)
    backlog.leaving += 1
    backlog.lookAtMs = Math.min(backlog.lookAtMs, now() + LOOK_AGAIN_MS)
    this.#parts.flushes.parked(slab, endpoint.number)
    this.#parts.custodian.park(slab)
  }

  #backlogOf(endpoint: Endpoint): Backlog {
    endpoint.backlog ??= new Backlog(false)
    this.#behind.add(endpoint)
    return endpoint.backlog
  }

  /** The endpoint has no backlog any more. */
  end(endpoint: Endpoint): void {
    endpoint.backlog = null
    this.#behind.delete(endpoint)
  }

  /**
   * What is on its way to a store that cannot take it goes to the couriers. A full store can still be read: there it waits until what is
   * older has come back.
   */
  #takeBack(health: StoreHealth, nowMs: number): void {
    const { batches, custodian, couriers, endpoints, flushes, handOver } = this.#parts
    const due = new Set<EndpointNumber>()
    for (const { backlog, number } of this.#behind) {
      if (backlog === null || backlog.leaving === 0 || backlog.lookAtMs > nowMs) continue
      if (health === StoreHealth.Down || !backlog.mayHaveOlder) due.add(number)
    }
    for (const slab of due.size === 0 ? [] : custodian.takeBack((number) => due.has(number))) {
      const endpoint = endpoints.get(batches.slabs.endpoint(slab))
      this.#backlogOf(endpoint).leaving -= 1
      flushes.loaded(slab, endpoint.number, handOver.seqOf(batches.slabs.word(slab, SlabWord.Order)))
      couriers.takeUp(endpoint.number, slab, nowMs)
    }
  }

  #ask(endpoint: Endpoint, backlog: Backlog, nowMs: number): void {
    if (backlog.askAtMs > nowMs) {
      backlog.lookAtMs = Math.min(backlog.lookAtMs, backlog.askAtMs)
      return
    }
    backlog.isAsked = true
    backlog.isAnswerStale = false
    nameTo(this.#parts.port, endpoint)
    this.#parts.port.ask({ kind: 'take', endpoint: endpoint.number, limit: HEADS_AT_ONCE })
  }

  #taken({ endpoint: number, heads: block, hasMore, pause }: Extract<StorageReport, { kind: 'taken' }>): void {
    const endpoint = this.#parts.endpoints.find(number)
    const backlog = endpoint?.backlog ?? null
    if (endpoint === undefined || backlog === null || !backlog.isAsked) {
      this.#putBack(number, idsIn(block))
      return
    }
    const heads = decodeHeads(block, { app: endpoint.app.id, endpoint: endpoint.config.id })
    const nowMs = now()
    backlog.isAsked = false
    if (backlog.isWithdrawn) {
      this.#parts.upstream.called(number, nowMs)
      return
    }
    if (pause !== null) {
      const untilMs = monotonicOf(unixMs(pause.untilMs))
      this.#parts.couriers.of(endpoint, nowMs).pause({ untilMs, refilledMs: monotonicOf(unixMs(pause.refilledMs)) })
    }
    backlog.mayHaveMore = hasMore || backlog.isAnswerStale
    if (hasMore && heads.length === 0) backlog.askAtMs = nowMs + LOOK_AGAIN_MS
    backlog.heads.push(...heads)
    this.refill(endpoint, nowMs)
    this.#parts.upstream.called(number, nowMs)
  }

  /** Parks jobs again that were asked for by a former thread. */
  #putBack(number: EndpointNumber, ids: readonly Uint8Array[]): void {
    if (ids.length === 0) return
    this.#parts.port.ask({ kind: 'put-back', ids })
    this.mayHave(number)
  }

  #load(endpoint: Endpoint, backlog: Backlog, most: number, nowMs: number): void {
    const { batches, port, upstream, handOver } = this.#parts
    while (backlog.loading.size < most) {
      const head = backlog.heads[0]
      if (head === undefined) break
      const counted = { ...head, sealedAt: this.#countedFrom(head) }
      const slab = claimHead(batches, handOver.firstSeq, endpoint, counted, nowMs)
      if (slab === null) {
        backlog.lookAtMs = nowMs + LOOK_AGAIN_MS
        break
      }
      backlog.heads.shift()
      backlog.loading.set(slab, head)
      upstream.held(endpoint.number, batches.allocator.memory.slabBytes(slab))
    }
    if (backlog.loading.size > 0) port.ask({ kind: 'load', slabs: [...backlog.loading.keys()] })
  }

  /** From when the time of a batch counts that is not tried: without a process it does not, and how long there was none is not known. */
  #countedFrom({ seq, sealedAt }: JobHead): UnixMs {
    const isOfThisRun = seq >= this.#parts.handOver.firstSeq
    return isOfThisRun || numberOf(sealedAt) > numberOf(this.#startedAt) ? sealedAt : this.#startedAt
  }

  /** What could not be read is read again, and what comes after it too: nothing overtakes it. */
  #loadedAll(slabs: readonly SlabId[], outcomes: readonly LoadOutcome[]): void {
    const failedAt = outcomes.indexOf('failed')
    const readable = failedAt === -1 ? slabs.length : failedAt
    for (const slab of slabs.slice(readable).toReversed()) this.#loaded(slab, 'failed')
    for (const [index, slab] of slabs.slice(0, readable).entries()) this.#loaded(slab, outcomes[index] ?? 'failed')
  }

  #loaded(slab: SlabId, outcome: LoadOutcome): void {
    const { batches, endpoints, couriers, flushes } = this.#parts
    const endpoint = endpoints.find(batches.slabs.endpoint(slab))
    const backlog = endpoint?.backlog ?? null
    const head = backlog?.loading.get(slab)
    if (endpoint === undefined || backlog === null || head === undefined) return
    backlog.loading.delete(slab)
    const nowMs = now()
    if (backlog.isWithdrawn) this.#giveBack(endpoint, slab)
    else if (outcome === 'read') {
      batches.slabs.setState(slab, SlabState.Sealed)
      flushes.loaded(slab, endpoint.number, head.seq)
      const { nextAt } = head
      couriers.takeUp(endpoint.number, slab, nowMs, nextAt === 0 ? 0 : monotonicOf(unixMs(nextAt)))
    } else {
      this.#giveBack(endpoint, slab)
      if (outcome === 'failed') {
        backlog.heads.unshift(head)
        backlog.lookAtMs = nowMs + LOOK_AGAIN_MS
        return
      }
      if (outcome === 'damaged') {
        this.#parts.delivery.gaveUpStored(endpoint, head, 'damaged', 'its body in the store is damaged')
      }
    }
    if (backlog.loading.size === 0) this.refill(endpoint, nowMs)
  }

  /** A slab whose body did not come. */
  #giveBack(endpoint: Endpoint, slab: SlabId): void {
    const { batches, upstream } = this.#parts
    upstream.held(endpoint.number, -batches.allocator.memory.slabBytes(slab))
    batches.allocator.release(slab)
  }

  /** While the circuit is open nothing is tried, so a batch's time is counted from its sealing. Its body is not needed for that. */
  #giveUpExpired(endpoint: Endpoint, backlog: Backlog): void {
    const { port, delivery } = this.#parts
    const { maxElapsedMs } = endpoint.config.retry
    const reason = `the circuit was open until its ${maxElapsedMs} ms were over`
    for (let head = backlog.heads[0]; head !== undefined; head = backlog.heads[0]) {
      const leftMs = numberOf(this.#countedFrom(head)) + maxElapsedMs - numberOf(unixNow())
      if (leftMs > 0) {
        backlog.lookAtMs = now() + leftMs
        return
      }
      backlog.heads.shift()
      const { id, life, attempts, status } = head
      port.ask({
        kind: 'bury',
        id: id.slice(),
        death: { life, attempts, status, cause: 'circuit-open', error: reason, diedAt: Date.now() },
      })
      delivery.gaveUpStored(endpoint, head, 'circuit-open', reason)
    }
  }
}
