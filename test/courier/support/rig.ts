import type { SlabId } from '../../../src/arena/arena-memory.js'
import type { EndpointConfig, RetryConfig } from '../../../src/config/model.js'
import { Courier } from '../../../src/courier/courier.js'
import type { BatchFacts, CourierPorts, GiveUpCause } from '../../../src/courier/ports.js'
import type { Outcome } from '../../../src/transport/transport.js'
import { httpEndpoint } from '../../transport/support/endpoint.js'

export const RETRY: RetryConfig = {
  enabled: true,
  maxAttempts: null,
  maxElapsedMs: 300_000,
  initialBackoffMs: 1000,
  maxBackoffMs: 60_000,
}

export const BREAKER = {
  enabled: true,
  windowMs: 10_000,
  minRequests: 4,
  failureRate: 0.5,
  openMs: 5000,
  maxOpenMs: 60_000,
}

export const DELIVERED: Outcome = { kind: 'delivered', status: 200 }
export const REJECTED: Outcome = {
  kind: 'rejected',
  failure: { cause: 'status', status: 400, message: 'answered 400' },
  stop: false,
}
export const GONE: Outcome = {
  kind: 'rejected',
  failure: { cause: 'status', status: 410, message: 'answered 410' },
  stop: true,
}
export const TOO_LARGE: Outcome = {
  kind: 'too-large',
  failure: { cause: 'status', status: 413, message: 'answered 413' },
}
export const FAILED = failed()

export function failed(retryAfterMs: number | null = null): Outcome {
  return { kind: 'retry', failure: { cause: 'status', status: 503, message: 'answered 503' }, retryAfterMs }
}

export function endpoint(overrides: Partial<EndpointConfig> = {}): EndpointConfig {
  return httpEndpoint('http://127.0.0.1/', overrides)
}

interface Batch {
  attempts: number
  firstAttemptAtMs: number
  readonly sealedAtMs: number
  readonly events: number
}

/** What a courier has done with a batch. */
export interface Deed {
  readonly kind: 'sent' | 'delivered' | 'gave-up'
  readonly batch: number
  readonly atMs: number
}

/** A courier with a clock, a receiver and a jitter that the test owns. Batches are numbered from 1. */
export class Rig {
  nowMs = 1_000_000
  /** What the jitter is, 0 to 1. */
  random = 1
  /** Whether its shard has room for another request. */
  hasRoom = true
  /** Whether its shard has room for the halves of a batch. */
  hasRoomForHalves = true
  /** When the courier asked to be called again. */
  wakeAtMs = Number.POSITIVE_INFINITY
  readonly deeds: Deed[] = []
  readonly inFlight: number[] = []
  readonly gaveUp: { readonly batch: number; readonly cause: GiveUpCause; readonly reason: string }[] = []
  readonly circuit: string[] = []
  readonly courier: Courier
  private readonly batches = new Map<number, Batch>()

  constructor(config: Partial<EndpointConfig> = {}) {
    const ports: CourierPorts = {
      send: (_courier, slab) => {
        const batch = this.batch(slab)
        batch.attempts += 1
        if (batch.attempts === 1) batch.firstAttemptAtMs = this.nowMs
        this.note('sent', slab)
        this.inFlight.push(slab)
      },
      delivered: (_courier, slab) => this.note('delivered', slab),
      retrying: () => undefined,
      gaveUp: (_courier, slab, cause, _outcome, reason) => {
        this.note('gave-up', slab)
        this.gaveUp.push({ batch: slab, cause, reason })
      },
      circuit: (_courier, change) => this.circuit.push(change),
      halve: (_courier, slab) => this.halve(slab),
    }
    const room = { askForRoom: () => this.hasRoom }
    const facts: BatchFacts = {
      attempts: (slab) => this.batch(slab).attempts,
      firstAttemptAtMs: (slab) => this.batch(slab).firstAttemptAtMs,
      sealedAtMs: (slab) => this.batch(slab).sealedAtMs,
      events: (slab) => this.batch(slab).events,
    }
    this.courier = new Courier(1, endpoint(config), { facts, room, ports, random: () => this.random }, this.nowMs)
  }

  /** The batches of all requests, in order. */
  get sent(): number[] {
    return this.batchesOf('sent')
  }

  get delivered(): number[] {
    return this.batchesOf('delivered')
  }

  attempts(batch: number): number {
    return this.batches.get(batch)?.attempts ?? 0
  }

  /** Hands over new batches of so many events. */
  submit(count = 1, events = 1): void {
    for (let left = count; left > 0; left--) {
      const slab = this.add(events)
      this.wakeAtMs = this.courier.submit(slab, this.nowMs)
    }
  }

  /** A batch comes from the store whose next attempt is due in so long. */
  resume(inMs: number): void {
    this.courier.resume(this.add(1), this.nowMs + inMs)
    this.pump()
  }

  /** The receiver answers the oldest request in flight, or that of a certain batch. */
  answer(outcome: Outcome, batch = this.inFlight[0]): void {
    if (batch === undefined) throw new Error('nothing is in flight')
    this.inFlight.splice(this.inFlight.indexOf(batch), 1)
    this.courier.settled(batch as SlabId, outcome, this.nowMs)
    this.pump()
  }

  pump(): void {
    this.wakeAtMs = this.courier.pump(this.nowMs)
  }

  /** Lets time pass; the courier is called whenever it asked to be. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms
    while (this.wakeAtMs <= untilMs) {
      this.nowMs = Math.max(this.wakeAtMs, this.nowMs)
      this.pump()
    }
    this.nowMs = untilMs
  }

  private add(events: number): SlabId {
    const slab = (this.batches.size + 1) as SlabId
    this.batches.set(slab, { attempts: 0, firstAttemptAtMs: 0, sealedAtMs: this.nowMs, events })
    return slab
  }

  private halve(slab: SlabId): readonly SlabId[] | null {
    if (!this.hasRoomForHalves) return null
    const { events } = this.batch(slab)
    const first = Math.ceil(events / 2)
    return [this.add(first), this.add(events - first)]
  }

  private note(kind: Deed['kind'], batch: number): void {
    this.deeds.push({ kind, batch, atMs: this.nowMs })
  }

  private batchesOf(kind: Deed['kind']): number[] {
    return this.deeds.filter((deed) => deed.kind === kind).map(({ batch }) => batch)
  }

  private batch(slab: SlabId): Batch {
    const batch = this.batches.get(slab)
    if (batch === undefined) throw new Error(`there is no batch ${slab}`)
    return batch
  }
}
