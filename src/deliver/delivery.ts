import type { SlabId } from '../arena/arena-memory.js'
import type { Batches } from '../arena/batches.js'
import { jobIdText } from '../arena/job-id.js'
import { SlabWord } from '../arena/layout.js'
import type { Bulkhead } from '../courier/bulkhead.js'
import type { BatchFacts, CourierPorts, GiveUpCause } from '../courier/ports.js'
import type { EndpointNumber } from '../indexes.js'
import type { JobHead } from '../queue/job.js'
import type { DeliveryReport } from '../shard/messages.js'
import type { Notices } from '../shard/notices.js'
import { Counter } from '../stats/layout.js'
import type { ShardCounters } from '../stats/shard-counters.js'
import { monotonicNow as now, unixNow } from '../time/clocks.js'
import type { Outcome, Transports } from '../transport/transport.js'
import type { Disposal } from './disposal.js'
import type { Endpoint } from './endpoint.js'
import type { Endpoints } from './endpoints.js'
import type { Settlement } from './settlement.js'

interface DeliveryParts {
  readonly endpoints: Pick<Endpoints, 'get'>
  readonly settlement: Pick<Settlement, 'free' | 'bury' | 'halve'>
  readonly batches: Batches
  readonly transports: Transports
  readonly bulkhead: Bulkhead
  readonly counters: ShardCounters
  readonly notices: Pick<Notices, 'wants' | 'tell'>
  /** Called when a request of the endpoint has ended: there is room for another. */
  readonly onEnded: (endpoint: Endpoint, nowMs: number) => void
  readonly disposal: Pick<Disposal, 'failed'>
  /** Called when an endpoint is to be left alone for some time: `Retry-After`, or an open circuit. */
  readonly onPaused: (endpoint: Endpoint) => void
}

/** The couriers' way to the outside: signs, sends, counts and reports. */
export class Delivery implements CourierPorts {
  readonly facts: BatchFacts
  #isClosed = false

  readonly #endpoints: Pick<Endpoints, 'get'>
  readonly #settlement: Pick<Settlement, 'free' | 'bury' | 'halve'>
  readonly #batches: Batches
  readonly #transports: Transports
  readonly #bulkhead: Bulkhead
  readonly #counters: ShardCounters
  readonly #notices: Pick<Notices, 'wants' | 'tell'>
  readonly #onEnded: (endpoint: Endpoint, nowMs: number) => void
  readonly #disposal: Pick<Disposal, 'failed'>
  readonly #onPaused: (endpoint: Endpoint) => void

  constructor(parts: DeliveryParts) {
    this.#endpoints = parts.endpoints
    this.#settlement = parts.settlement
    this.#batches = parts.batches
    this.#transports = parts.transports
    this.#bulkhead = parts.bulkhead
    this.#counters = parts.counters
    this.#notices = parts.notices
    this.#onEnded = parts.onEnded
    this.#disposal = parts.disposal
    this.#onPaused = parts.onPaused
    const { slabs } = parts.batches
    this.facts = {
      attempts: (slab) => slabs.word(slab, SlabWord.Attempts),
      firstAttemptAtMs: (slab) => slabs.time(slab, SlabWord.FirstAttemptAt),
      sealedAtMs: (slab) => slabs.time(slab, SlabWord.SealedAt),
      events: (slab) => slabs.events(slab),
    }
  }

  /** From now on outcomes change nothing: what is in flight stays so in the arena, and nothing takes its place. */
  close(): void {
    this.#isClosed = true
  }

  send(courier: EndpointNumber, slab: SlabId, nowMs: number): void {
    const endpoint = this.#endpoints.get(courier)
    const { generation } = endpoint
    const passage = this.#bulkhead.enter(courier, nowMs)
    this.#batches.startAttempt(slab, nowMs)
    this.#counters.add(Counter.attempts, 1)
    this.#counters.add(Counter.in_flight, 1)
    let isSettled = false
    const settle = (outcome: Outcome): void => {
      // What threw may have begun a request first, whose outcome comes too late.
      if (isSettled || this.#isClosed) return
      isSettled = true
      const settledMs = now()
      this.#bulkhead.leave(passage, settledMs)
      this.#counters.add(Counter.in_flight, -1)
      endpoint.courier?.settled(slab, endpoint.generation === generation ? outcome : ofFormerTarget(outcome), settledMs)
      this.#onEnded(endpoint, settledMs)
    }
    try {
      this.#attempt(endpoint, slab, settle)
    } catch (error) {
      this.#counters.add(Counter.internal_failures, 1)
      setImmediate(settle, internalFailure(error))
    }
  }

  #attempt(endpoint: Endpoint, slab: SlabId, done: (outcome: Outcome) => void): void {
    const id = this.#batches.slabs.deliveryId(slab)
    const body = this.#batches.body(slab)
    const headers: string[] = []
    endpoint.signer.sign(body, id, unixNow(), headers)
    endpoint.transport(this.#transports).send({ id, body, headers }, done)
  }

  delivered(courier: EndpointNumber, slab: SlabId, status: number, nowMs: number): void {
    const { slabs } = this.#batches
    const endpoint = this.#endpoints.get(courier)
    const events = slabs.events(slab)
    const latencyMs = Math.max(nowMs - slabs.time(slab, SlabWord.FirstEventAt), 0)
    this.#counters.add(Counter.delivered, events)
    this.#counters.add(Counter.delivered_requests, 1)
    this.#counters.add(Counter.delivered_bytes, this.#batches.bodyLength(slab))
    this.#counters.latency(latencyMs, events)
    if (this.#notices.wants('delivered')) {
      this.#notices.tell({ kind: 'delivered', report: { ...this.#report(endpoint, slab), status, latencyMs } })
    }
    this.#settlement.free(endpoint, slab)
  }

  retrying(courier: EndpointNumber, slab: SlabId, outcome: Outcome & { kind: 'retry' }, atMs: number): void {
    this.#counters.add(Counter.retries, 1)
    this.#batches.putBack(slab, outcome.failure.status)
    this.#disposal.failed(slab, atMs)
    if (outcome.retryAfterMs !== null) this.#onPaused(this.#endpoints.get(courier))
  }

  halve(courier: EndpointNumber, slab: SlabId): readonly SlabId[] | null {
    return this.#settlement.halve(this.#endpoints.get(courier), slab)
  }

  gaveUp(courier: EndpointNumber, slab: SlabId, cause: GiveUpCause, outcome: Outcome | null, reason: string): void {
    const endpoint = this.#endpoints.get(courier)
    const failure = outcome === null || outcome.kind === 'delivered' ? null : outcome.failure
    const specific = cause === 'rejected' || cause === 'retries-exhausted' ? (failure?.cause ?? cause) : cause
    const status = failure?.status ?? null
    const report = { ...this.#report(endpoint, slab), cause: specific, status, error: reason }
    this.#counters.add(Counter.failed, report.events)
    if (this.#notices.wants('failed')) this.#notices.tell({ kind: 'failed', report })
    if (this.#notices.wants('dead-letter')) this.#notices.tell({ kind: 'dead-letter', report })
    this.#settlement.bury(endpoint, slab, status, specific, reason)
  }

  /** A batch that is in the store alone was given up there. */
  gaveUpStored(endpoint: Endpoint, head: JobHead, cause: string, error: string): void {
    const report = {
      id: jobIdText(head.id),
      app: endpoint.app.id,
      endpoint: endpoint.config.id,
      events: head.events,
      attempts: head.attempts,
      cause,
      status: head.status || null,
      error,
    }
    this.#counters.add(Counter.failed, head.events)
    this.#counters.add(Counter.dead_lettered, head.events)
    if (this.#notices.wants('failed')) this.#notices.tell({ kind: 'failed', report })
    if (this.#notices.wants('dead-letter')) this.#notices.tell({ kind: 'dead-letter', report })
  }

  circuit(courier: EndpointNumber, change: 'opened' | 'closed' | 'gone'): void {
    const endpoint = this.#endpoints.get(courier)
    const report = { app: endpoint.app.id, endpoint: endpoint.config.id, reason: 'failures' as const }
    switch (change) {
      case 'opened':
        this.#onPaused(endpoint)
        this.#counters.add(Counter.open_circuits, 1)
        this.#notices.tell({ kind: 'endpoint-open', number: courier, report })
        break
      case 'closed':
        this.#counters.add(Counter.open_circuits, -1)
        this.#notices.tell({ kind: 'endpoint-closed', number: courier, report })
        break
      case 'gone':
        this.#notices.tell({
          kind: 'stopped',
          app: endpoint.appIndex,
          endpoint: courier,
          generation: endpoint.generation,
        })
        this.#notices.tell({ kind: 'endpoint-open', number: courier, report: { ...report, reason: 'gone' } })
    }
  }

  #report(endpoint: Endpoint, slab: SlabId): DeliveryReport {
    const { slabs } = this.#batches
    return {
      id: slabs.deliveryId(slab),
      app: endpoint.app.id,
      endpoint: endpoint.config.id,
      events: slabs.events(slab),
      attempts: slabs.word(slab, SlabWord.Attempts),
    }
  }
}

/** The endpoint was configured again while the attempt was made: that its former target is gone for good says nothing of this one. */
function ofFormerTarget(outcome: Outcome): Outcome {
  if (outcome.kind !== 'rejected' || !outcome.stop) return outcome
  return { kind: 'retry', failure: outcome.failure, retryAfterMs: null }
}

function internalFailure(error: unknown): Outcome {
  const message = `the attempt could not be made: ${error instanceof Error ? error.message : String(error)}`
  return { kind: 'retry', failure: { cause: 'internal', status: null, message }, retryAfterMs: null }
}
