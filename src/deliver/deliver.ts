import type { Batches } from '../arena/batches.js'
import type { ShardSettings } from '../shard/messages.js'
import type { Notices } from '../shard/notices.js'
import type { ShardCounters } from '../stats/shard-counters.js'
import { monotonicNow as now } from '../time/clocks.js'
import type { Transports } from '../transport/transport.js'
import { Admission } from './admission.js'
import { CoreYield } from './core-yield.js'
import { Couriers } from './couriers.js'
import { DeadLetters } from './dead-letters.js'
import { Delivery } from './delivery.js'
import { Drops } from './drops.js'
import { Endpoints } from './endpoints.js'
import { Flushes } from './flushes.js'
import { Settlement } from './settlement.js'
import type { Upstream } from './upstream.js'

interface DeliverParts {
  readonly settings: Pick<ShardSettings, 'deadLetterShare' | 'maxInFlight' | 'sharesCore'>
  readonly batches: Batches
  readonly counters: ShardCounters
  readonly notices: Notices
  readonly transports: Transports
  readonly upstream: Upstream
}

/** The parts of a shard that bring sealed batches to their receivers, wired. */
export class Deliver {
  readonly endpoints: Endpoints
  readonly couriers: Couriers
  readonly deadLetters: DeadLetters
  readonly settlement: Settlement
  readonly flushes: Flushes
  readonly #delivery: Delivery
  readonly #drops: Drops
  readonly #transports: Transports

  constructor({ settings, batches, counters, notices, transports, upstream }: DeliverParts) {
    const { allocator } = batches
    const admission = new Admission(settings.maxInFlight, now())
    const { bulkhead } = admission
    const coreYield = settings.sharesCore ? new CoreYield() : null
    const maxDeadBytes = Math.floor(settings.deadLetterShare * allocator.totalBytes)
    this.endpoints = new Endpoints(bulkhead, notices)
    this.deadLetters = new DeadLetters(batches, maxDeadBytes, counters, upstream)
    this.flushes = new Flushes(allocator.memory.shared.byteLength)
    this.settlement = new Settlement(batches, this.deadLetters, this.flushes, counters, upstream)
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
    })
    this.#transports = transports
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

  /** Reports what is reported once a turn. */
  report(): void {
    this.#drops.report()
  }
}
