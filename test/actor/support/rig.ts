import { type ActorMessage, AppActor } from '../../../src/actor/app-actor.js'
import { EndpointBuffer } from '../../../src/actor/endpoint-buffer.js'
import { Flaps } from '../../../src/actor/flaps.js'
import { HeldRecords } from '../../../src/actor/held-records.js'
import { endpointHistories, NO_HISTORY } from '../../../src/actor/history.js'
import type { Received } from '../../../src/actor/received.js'
import { Subscription } from '../../../src/actor/subscription.js'
import { Allocator } from '../../../src/arena/allocator.js'
import { ArenaMemory, type SlabId } from '../../../src/arena/arena-memory.js'
import { Batches } from '../../../src/arena/batches.js'
import { ENVELOPE } from '../../../src/arena/body.js'
import { DeliveryIds } from '../../../src/arena/delivery-ids.js'
import { SlabWord } from '../../../src/arena/layout.js'
import { recover } from '../../../src/arena/recovery.js'
import { WakeUps } from '../../../src/collections/wake-ups.js'
import type { EndpointConfig } from '../../../src/config/model.js'
import type { Departure } from '../../../src/departure.js'
import { FlapSuppression } from '../../../src/gather/flap-suppression.js'
import { EMPTY, RingConsumer } from '../../../src/ring/consumer.js'
import { eventTypeOf } from '../../../src/ring/event-types.js'
import { EventView } from '../../../src/ring/event-view.js'
import { WriteResult, writeEvent } from '../../../src/ring/event-writer.js'
import { RingProducer } from '../../../src/ring/producer.js'
import { Counter, SHARD_LAYOUT, type ShardMetric } from '../../../src/stats/layout.js'
import { ShardCounters } from '../../../src/stats/shard-counters.js'
import { unixMs } from '../../../src/time/clocks.js'
import { httpEndpoint } from '../../transport/support/endpoint.js'
import { copyOf, freshMemory, type Memory } from './memory.js'
import { batchesOf, eventsIn, type Told } from './told.js'

export const APP = 3
export const START_MS = 1_700_000_000_000
const MAX_BYTES = 16_384

export interface RigSettings {
  /** By endpoint number: 0, 1, … */
  readonly endpoints?: readonly Partial<EndpointConfig>[]
  readonly maxEvents?: number
  readonly durationMs?: number
  readonly maxBytes?: number
  readonly arenaBytes?: number
  readonly flapWindowMs?: number
}

export interface Emitted {
  readonly name: string
  readonly channel?: string
  readonly user_id?: string
  readonly data?: string
  readonly time_ms?: number
}

/**
 * One app's actor over a real ring and a real arena, with a clock that the test owns. Sealed batches stay in the arena, where
 * `told` reads them, unless the test takes them out with `deliver`.
 */
export class ActorRig {
  nowMs = START_MS
  /** What the couriers say. */
  departure: Departure = 'now'
  buffers: EndpointBuffer[]
  readonly submitted: { readonly endpoint: number; readonly slab: SlabId }[] = []
  readonly deadlines: { readonly endpoint: number; readonly generation: number; readonly atMs: number }[] = []
  readonly heldBytes = new Map<number, number>()
  readonly releases = new WakeUps()
  readonly batches: Batches
  readonly actor: AppActor
  private readonly producer: RingProducer
  private readonly consumer: RingConsumer
  private readonly event: EventView
  private readonly delivered: { readonly endpoint: number; readonly events: readonly Told[] }[]

  constructor(
    private readonly settings: RigSettings = {},
    private readonly memory: Memory = freshMemory(settings.arenaBytes ?? 1024 * 1024, settings.maxBytes ?? MAX_BYTES),
    former: ActorRig | null = null,
  ) {
    this.nowMs = former?.nowMs ?? START_MS
    this.delivered = [...(former?.delivered ?? [])]
    this.producer = new RingProducer(memory.ring, () => undefined)
    this.setSequence(memory.nextSequence)
    this.consumer = new RingConsumer(memory.ring)
    const { bytes, words, doubles } = this.consumer.memory
    this.event = new EventView(bytes, words, doubles)
    const allocator = new Allocator(new ArenaMemory(memory.arena, memory.shape))
    this.batches = new Batches(allocator, ENVELOPE, new DeliveryIds(), () => unixMs(Math.floor(this.nowMs)))
    const recovered = recover(this.batches)
    for (const slab of recovered.sealed) {
      this.submitted.push({ endpoint: this.batches.slabs.word(slab, SlabWord.Endpoint), slab })
    }
    const histories = endpointHistories(this.batches.slabs, recovered)
    this.buffers = (settings.endpoints ?? [{}]).map((config, number) =>
      this.buffer(number, config, histories.get(number) ?? NO_HISTORY),
    )
    const flaps = this.flaps()
    this.actor = new AppActor(APP, this.buffers, flaps)
    flaps?.recover(recovered.held, this.nowMs)
  }

  buffer(number: number, config: Partial<EndpointConfig>, history = NO_HISTORY): EndpointBuffer {
    const { maxEvents = 100, durationMs = 50, maxBytes = MAX_BYTES } = this.settings
    const { eventTypes, filter } = httpEndpoint('http://127.0.0.1/', config)
    const subscription = new Subscription(eventTypes, filter)
    const limits = { maxEvents, durationMs }
    return new EndpointBuffer(APP, number, subscription, maxBytes, limits, this.batches, this.ports, history)
  }

  private readonly ports = {
    submit: (endpoint: number, slab: SlabId) => {
      this.submitted.push({ endpoint, slab })
    },
    askToLeave: () => this.departure,
    setDeadline: (_app: number, endpoint: number, generation: number, atMs: number) => {
      this.deadlines.push({ endpoint, generation, atMs })
    },
    holds: (endpoint: number, bytes: number) => {
      this.heldBytes.set(endpoint, (this.heldBytes.get(endpoint) ?? 0) + bytes)
    },
  }

  /** Writes an event into the ring, emitted now. */
  write({ name, channel, user_id, data, time_ms = this.nowMs }: Emitted): void {
    const type = eventTypeOf(name)
    const custom = type === 0 ? name : undefined
    const texts = { name: custom, channel, data, userId: user_id }
    const result = writeEvent(this.producer, APP, type, Math.floor(time_ms), texts)
    if (result !== WriteResult.Written) throw new Error(`the ring did not take the event: ${result}`)
    this.producer.publish()
  }

  /** Makes the next event's number this one. */
  setSequence(sequence: number): void {
    Object.assign(this.producer, { sequence })
  }

  /** Gives the actor what is in the ring, until it stalls. */
  drain(): Received {
    for (let offset = this.consumer.peek(); offset !== EMPTY; offset = this.consumer.peek()) {
      const event = this.event.read(offset)
      event.emittedAtMs = event.timeMs
      if (this.receive({ kind: 'event', event }) === 'stalled') return 'stalled'
      this.consumer.consume(offset)
    }
    return 'done'
  }

  emit(...events: readonly Emitted[]): Received {
    for (const event of events) this.write(event)
    return this.drain()
  }

  receive(message: ActorMessage): Received {
    return this.actor.receive(message, this.nowMs)
  }

  /** Lets time pass; what is due is fired at its time. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms
    for (let atMs = this.nextDueMs; atMs <= untilMs; atMs = this.nextDueMs) {
      this.nowMs = Math.max(this.nowMs, atMs)
      this.fireDue()
    }
    this.nowMs = untilMs
  }

  /** Takes the sealed batches out of the arena, as delivered. */
  deliver(endpoint: number | null = null): void {
    for (const batch of this.submitted.splice(0)) {
      if (endpoint !== null && batch.endpoint !== endpoint) {
        this.submitted.push(batch)
        continue
      }
      this.delivered.push({ endpoint: batch.endpoint, events: eventsIn(this.batches, batch.slab) })
      this.ports.holds(batch.endpoint, -this.batches.allocator.memory.slabBytes(batch.slab))
      this.batches.allocator.release(batch.slab)
    }
  }

  /** The bodies of the batches that were submitted and are not yet delivered, oldest first. */
  bodies(endpoint = 0): string[] {
    return this.submitted
      .filter((batch) => batch.endpoint === endpoint)
      .map(({ slab }) => this.batches.body(slab).toString('utf8'))
  }

  /** Events of each submitted batch. */
  sizes(endpoint = 0): number[] {
    return this.bodies(endpoint).map((body) => (JSON.parse(body) as { events: unknown[] }).events.length)
  }

  /** Everything that the endpoint has been given: delivered, sealed and in its open batch. */
  told(endpoint = 0): Told[] {
    const delivered = this.delivered.filter((batch) => batch.endpoint === endpoint).flatMap(({ events }) => events)
    const order = new Map(this.submitted.map(({ slab }, index) => [slab, index]))
    const place = (slab: SlabId) => order.get(slab) ?? this.submitted.length
    const kept = batchesOf(this.batches, endpoint).sort((a, b) => place(a) - place(b))
    return [...delivered, ...kept.flatMap((slab) => eventsIn(this.batches, slab))]
  }

  count(metric: ShardMetric): number {
    return new Float64Array(this.memory.counters)[SHARD_LAYOUT.at[metric]] ?? 0
  }

  /** Takes the arena's room until nothing is left. @returns what gives it back, all or one smallest slab of it */
  fillArena(): (() => void) & { readonly one: () => void } {
    const { allocator } = this.batches
    const taken: SlabId[] = []
    for (const sizeClass of allocator.memory.sizes.keys()) {
      for (let slab = allocator.allocate(sizeClass); slab !== null; slab = allocator.allocate(sizeClass))
        taken.push(slab)
    }
    const giveBack = (count: number) => {
      for (const slab of taken.splice(-count)) allocator.release(slab)
    }
    return Object.assign(() => giveBack(taken.length), { one: () => giveBack(1) })
  }

  /** A copy of all shared memory as it is now. */
  snapshot(): Memory {
    return copyOf(this.memory, this.producer.nextSequence)
  }

  /** A new thread's actor over what this one has left, or had left when the snapshot was taken. */
  takeOver(memory = this.snapshot()): ActorRig {
    return new ActorRig(this.settings, memory, this)
  }

  private get nextDueMs(): number {
    return Math.min(this.releases.nextAtMs, ...this.deadlines.map(({ atMs }) => atMs))
  }

  private fireDue(): void {
    for (const deadline of this.deadlines.splice(0)) {
      const { endpoint, generation, atMs } = deadline
      if (atMs > this.nowMs) this.deadlines.push(deadline)
      else this.receive({ kind: 'deadline', endpoint, generation })
    }
    if (this.releases.takeDue(this.nowMs) !== undefined) this.receive({ kind: 'release' })
  }

  private flaps(): Flaps | null {
    const { flapWindowMs = 0 } = this.settings
    if (flapWindowMs === 0) return null
    const counters = new ShardCounters(this.memory.counters)
    counters.set(Counter.held_events, 0)
    const ports = new FlapSuppression(this.consumer.memory.control, this.releases, counters)
    const records = new HeldRecords(this.batches)
    return new Flaps(APP, { windowMs: flapWindowMs, ports, records, emittedAtMs: (event) => event.timeMs })
  }
}
