import type { Batches } from '../arena/batches.js'
import type { Outlet } from '../gather/outlet.js'
import type { HandOverProducer } from '../hand-over/producer.js'
import type { ShardSettings } from '../shard/messages.js'
import type { Notices } from '../shard/notices.js'
import type { ShardCounters } from '../stats/shard-counters.js'
import { monotonicNow as now } from '../time/clocks.js'
import type { Transports } from '../transport/transport.js'
import { Admission } from './admission.js'
import { CoreYield } from './core-yield.js'
import { Couriers } from './couriers.js'
import { Custodian } from './custodian.js'
import { DeadLetters } from './dead-letters.js'
import { Delivery } from './delivery.js'
import { Freeing } from './disposal.js'
import { Drops } from './drops.js'
import { Durable } from './durable.js'
import { DurableTurns } from './durable-turns.js'
import { Endpoints } from './endpoints.js'
import { Flushes } from './flushes.js'
import { GivingBack } from './giving-back.js'
import { HandingOver } from './handing-over.js'
import { Lease } from './lease.js'
import { Parking } from './parking.js'
import { Settlement } from './settlement.js'
import { nameTo, reportPause, type StorePort } from './store-port.js'
import type { DeliverTurns } from './turns.js'
import type { Upstream } from './upstream.js'

interface DeliverParts {
  readonly settings: Pick<ShardSettings, 'deadLetterShare' | 'endpointShare' | 'maxInFlight' | 'sharesCore'>
  readonly batches: Batches
  readonly counters: ShardCounters
  readonly notices: Notices
  readonly transports: Transports
  readonly upstream: Upstream
  /** null without a durable queue. */
  readonly queue: DeliverQueue | null
}

/** What a shard has of a durable queue. */
export interface DeliverQueue {
  readonly handOver: HandOverProducer
  readonly port: StorePort
  readonly afterMs: number
  /** Whether batches are handed over: see `HandingOver`. */
  readonly handsOver: boolean
}

/** The parts of a shard that bring sealed batches to their receivers, wired. */
export class Deliver {
  readonly endpoints: Endpoints
  readonly couriers: Couriers
  readonly deadLetters: DeadLetters
  readonly settlement: Settlement
  readonly flushes: Flushes
  /** Where sealed batches come in. */
  readonly outlet: Outlet
  /** What is called at each turn. */
  readonly turns: DeliverTurns
  /** null without a durable queue. */
  readonly durable: Durable | null
  readonly #delivery: Delivery
  readonly #drops: Drops
  readonly #transports: Transports

  constructor({ settings, batches, counters, notices, transports, upstream, queue }: DeliverParts) {
    const { allocator } = batches
    const admission = new Admission(settings.maxInFlight, now())
    const { bulkhead } = admission
    const coreYield = settings.sharesCore ? new CoreYield() : null
    const maxDeadBytes = Math.floor(settings.deadLetterShare * allocator.totalBytes)
    this.endpoints = new Endpoints(bulkhead, notices)
    const custodian = queue === null ? null : this.#createCustodian(batches, queue)
    const disposal = custodian ?? new Freeing(allocator)
    this.deadLetters = new DeadLetters(batches, maxDeadBytes, counters, upstream, disposal)
    this.flushes = new Flushes(allocator.memory.shared.byteLength)
    this.settlement = new Settlement(batches, this.deadLetters, this.flushes, counters, upstream, disposal)
    this.#drops = new Drops(batches.slabs, counters, notices)
    const { endpoints, deadLetters, settlement } = this
    this.#delivery = new Delivery({
      endpoints,
      settlement,
      batches,
      transports,
      bulkhead,
      counters,
      notices,
      onEnded: (endpoint, nowMs) => {
        this.couriers.ended(endpoint, nowMs)
        coreYield?.pause(nowMs, admission.utilization)
        this.durable?.givingBack?.look(endpoint)
      },
      disposal,
      onPaused: (endpoint) => {
        if (queue?.handsOver === true) reportPause(queue.port, endpoint, now())
      },
    })
    this.couriers = new Couriers({
      endpoints,
      admission,
      delivery: this.#delivery,
      deadLetters,
      drops: this.#drops,
      settlement,
      counters,
      upstream,
      memory: allocator.memory,
      lease: queue?.handsOver === true ? new Lease(bulkhead, queue.handOver) : null,
    })
    this.#transports = transports
    if (queue === null || custodian === null) {
      this.durable = null
      this.outlet = this.couriers
      this.turns = this.couriers
    } else {
      const { couriers, flushes } = this
      const { handOver, port, handsOver } = queue
      const { endpointShare } = settings
      const parking = new Parking({
        ...{ batches, endpoints, couriers, custodian, delivery: this.#delivery, flushes },
        ...{ handOver, port, upstream, endpointShare, handsOver },
      })
      couriers.onPumped = (endpoint, nowMs) => parking.refill(endpoint, nowMs)
      const handingOver = new HandingOver({ batches, endpoints, couriers, custodian, flushes, upstream })
      const givingBack = new GivingBack({ endpoints, custodian, handingOver, parking, settlement, upstream, port })
      const outlet = handsOver ? handingOver : parking
      this.durable = new Durable(custodian, parking, outlet, handsOver ? givingBack : null, handOver)
      this.outlet = outlet
      this.turns = new DurableTurns(couriers, custodian, parking)
    }
  }

  /** From now on requests that end change nothing: they are left as they are in the arena. */
  stop(): void {
    this.#delivery.close()
  }

  /** Stops, and destroys all connections. */
  async close(): Promise<void> {
    this.stop()
    await this.#transports.close()
  }

  #createCustodian(batches: Batches, { handOver, port, ...options }: DeliverQueue): Custodian {
    const custodian = new Custodian(batches, handOver, options, {
      name: (number) => this.#name(number, port),
      letterStored: (slab) => this.deadLetters.handedOver(slab),
      parked: (slab) => this.durable?.outlet.parked(slab, now()),
    })
    batches.replaced = custodian
    return custodian
  }

  /** @returns false when it is gone, or not here at present */
  #name(number: number, port: StorePort): boolean {
    const endpoint = this.endpoints.find(number)
    if (endpoint === undefined) return false
    nameTo(port, endpoint)
    return true
  }

  /** Reports what is reported once a turn. */
  report(): void {
    this.#drops.report()
  }
}
