import { MessageChannel } from 'node:worker_threads'
import { arenaShape, createArena, SLAB_HEADER_BYTES } from '../../../src/arena/layout.js'
import type { EndpointConfig } from '../../../src/config/model.js'
import { createSlot } from '../../../src/names/shared-slot.js'
import { RingConsumer } from '../../../src/ring/consumer.js'
import { eventTypeOf } from '../../../src/ring/event-types.js'
import { EventView } from '../../../src/ring/event-view.js'
import { writeEvent } from '../../../src/ring/event-writer.js'
import { createBoard, createRing } from '../../../src/ring/layout.js'
import { RingProducer } from '../../../src/ring/producer.js'
import type { PlacedApp, ShardTask } from '../../../src/shard/messages.js'
import { Shard } from '../../../src/shard/shard.js'
import { createShardBlock } from '../../../src/stats/layout.js'
import { monotonicNow as now } from '../../../src/time/clocks.js'
import { httpEndpoint, testApp } from '../../transport/support/endpoint.js'

const KiB = 1024
const PAGE_BYTES = 64 * KiB

export interface ShardRigSettings {
  readonly flapWindowMs?: number
  /** The batch window; default: a minute. */
  readonly durationMs?: number
  /** Of app 0, by endpoint number. */
  readonly endpoints: readonly EndpointConfig[]
}

/** A shard in the test's own thread, without a loop, over an arena of two pages. */
export class ShardRig implements AsyncDisposable {
  readonly shard: Shard
  /** Times that the shard asked its loop to look again. */
  progress = 0
  private readonly producer: RingProducer
  private readonly consumer: RingConsumer
  private readonly channel = new MessageChannel()

  constructor(private readonly settings: ShardRigSettings) {
    const ring = createRing(PAGE_BYTES)
    const shape = arenaShape(2 * PAGE_BYTES, 16 * KiB)
    const task: ShardTask = {
      shard: 0,
      ring,
      arena: createArena(shape),
      shape,
      counters: createShardBlock(),
      board: createBoard(),
      nameSlot: createSlot(),
      settings: {
        version: '0',
        maxEvents: 100,
        maxBytes: 16 * KiB,
        durationMs: settings.durationMs ?? 60_000,
        payloadFormat: 'envelope',
        flapWindowMs: settings.flapWindowMs ?? 0,
        egress: { policy: 'no-metadata', allow: [] },
        onFull: 'refuse',
        endpointShare: 1,
        maxInFlight: 100,
        deadLetterShare: 1,
        sharesCore: false,
      },
      partsNeeded: 0,
      stopped: [],
      changes: [],
      lastMarker: 0,
      restarts: 0,
      port: this.channel.port2,
      queue: null,
    }
    this.producer = new RingProducer(ring, () => undefined)
    this.consumer = new RingConsumer(ring)
    this.shard = new Shard(task, this.consumer.memory.control, () => {
      this.progress += 1
    })
    this.shard.start([this.app(settings.endpoints.map((_, number) => number))])
  }

  /** App 0 with these of its endpoints; the others are gone. */
  app(active: readonly number[]): PlacedApp {
    const endpoints = this.settings.endpoints.map((config, number) => ({
      number,
      config,
      active: active.includes(number),
      generation: 0,
    }))
    return { index: 0, config: { ...testApp, webhooks: [...this.settings.endpoints] }, endpoints, isRemoved: false }
  }

  /** Gives app 0 an event, as the loop would. */
  emit(name: string, channel: string): void {
    const { bytes, words, doubles } = this.consumer.memory
    writeEvent(this.producer, 0, eventTypeOf(name), Date.now(), { channel })
    this.producer.publish()
    const offset = this.consumer.peek()
    const event = new EventView(bytes, words, doubles).read(offset)
    event.emittedAtMs = now()
    this.shard.gather.actors.receive(0, { kind: 'event', event }, now())
    this.consumer.consume(offset)
  }

  /** Lets the time of every open batch be up. */
  fireDeadlines(): void {
    const { deadlines, actors } = this.shard.gather
    while (deadlines.nextAtMs < Number.POSITIVE_INFINITY) {
      const due = deadlines.takeDue(deadlines.nextAtMs)
      if (due === undefined) throw new Error('a deadline is not due at its own time')
      actors.receive(due.app, { ...due, kind: 'deadline' }, now())
    }
  }

  /** Fills all that is free of the arena with dead letters of an endpoint, large ones first. @returns how many */
  fillWithDeadLetters(number: number): number {
    const { memory } = this.shard.batches.allocator
    for (const slabBytes of memory.sizes.slice(0, -1).reverse()) while (this.buryOne(number, slabBytes));
    return this.shard.deliver.deadLetters.size
  }

  private buryOne(number: number, slabBytes: number): boolean {
    const { batches } = this.shard
    const slab = batches.open(0, number, slabBytes - SLAB_HEADER_BYTES - batches.overheadBytes, 0, now())
    if (slab === null) return false
    batches.seal(slab, 'flush', now())
    this.shard.gather.host.holds(number, slabBytes)
    const { endpoints, settlement } = this.shard.deliver
    settlement.bury(endpoints.get(number), slab, null, 'test', '')
    return true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shard.close()
    this.channel.port1.close()
    this.channel.port2.close()
  }
}

/** An endpoint of the rig that gets what leaves. */
export function leavesTo(url: string, id: string): EndpointConfig {
  return httpEndpoint(url, { id, eventTypes: ['channel_vacated'] })
}
