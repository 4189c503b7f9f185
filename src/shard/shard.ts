import type { MessagePort } from 'node:worker_threads'
import { Allocator } from '../arena/allocator.js'
import { ArenaMemory } from '../arena/arena-memory.js'
import { Batches } from '../arena/batches.js'
import { BARE, ENVELOPE } from '../arena/body.js'
import { DeliveryIds } from '../arena/delivery-ids.js'
import { Deliver, type DeliverQueue } from '../deliver/deliver.js'
import { Gather } from '../gather/gather.js'
import { HandOverProducer } from '../hand-over/producer.js'
import { Counter, SHARD_METRICS } from '../stats/layout.js'
import { ShardCounters } from '../stats/shard-counters.js'
import type { BehindEndpoint, StorageReport, StoredLetter } from '../storage/messages.js'
import { monotonicNow as now, unixNow } from '../time/clocks.js'
import type { Transports } from '../transport/transport.js'
import { createTransports } from '../transport/transports.js'
import { AppChanges } from './app-changes.js'
import { flushAll } from './flush-all.js'
import type { DeadLetterSelection, PlacedApp, Recovery, ShardTask } from './messages.js'
import { Notices } from './notices.js'
import { persistAll } from './persist-all.js'
import { replay, replaySplit } from './replay.js'
import { splitStored } from './split-stored.js'
import { StoragePort } from './storage-port.js'
import { takeOver } from './takeover.js'

/** One shard: gather and deliver, wired. */
export class Shard {
  readonly counters: ShardCounters
  readonly notices: Notices
  readonly batches: Batches
  readonly deliver: Deliver
  readonly gather: Gather
  readonly #changes: AppChanges
  #storagePort: StoragePort | null = null

  readonly #task: ShardTask

  constructor(
    task: ShardTask,
    control: Int32Array,
    /** Called when arena memory has become free or a courier has to be called earlier. */
    onProgress: () => void,
    transports?: Transports,
  ) {
    this.#task = task
    const { settings, nameSlot } = task
    const { egress, version } = settings
    const isBare = settings.payloadFormat === 'bare' && settings.durationMs === 0
    const allocator = new Allocator(new ArenaMemory(task.arena, task.shape))
    this.counters = new ShardCounters(task.counters)
    this.notices = new Notices(task.port, control)
    const queue = this.#createQueue(allocator.memory, onProgress)
    this.batches = new Batches(allocator, isBare ? BARE : ENVELOPE, new DeliveryIds(), unixNow, queue?.handOver ?? null)
    const { counters, notices, batches } = this
    this.deliver = new Deliver({
      settings,
      batches,
      counters,
      notices,
      transports: transports ?? createTransports({ egress, version, names: { slot: nameSlot } }),
      upstream: {
        held: (endpoint, bytes) => this.gather.feedback.held(endpoint, bytes),
        grew: (endpoint, bytes) => this.gather.feedback.grew(endpoint, bytes),
        called: (endpoint, nowMs) => this.gather.feedback.called(endpoint, nowMs),
        discarded: (endpoint) => this.gather.feedback.discarded(endpoint),
      },
      queue,
    })
    const { outlet, endpoints } = this.deliver
    this.gather = new Gather({ task, control, batches, counters, notices, outlet, endpoints, onProgress })
    this.#changes = new AppChanges(this.gather, this.deliver, onProgress)
  }

  #createQueue(memory: ArenaMemory, onProgress: () => void): DeliverQueue | null {
    const { queue } = this.#task
    if (queue === null) return null
    const port = new StoragePort(queue.port, (report) => {
      this.#receive(report)
      onProgress()
    })
    this.#storagePort = port
    const handOver = new HandOverProducer(queue.handOver, memory, port.ring)
    return { handOver, port, afterMs: queue.afterMs, handsOver: queue.handsOver }
  }

  #receive(report: StorageReport): void {
    const { durable } = this.deliver
    if (durable === null) return
    switch (report.kind) {
      case 'behind': {
        const endpoints = this.behind(report.endpoints).map(({ endpoint }) => endpoint)
        if (endpoints.length > 0) this.#storagePort?.ask({ kind: 'unplaced', endpoints })
        break
      }
      case 'drop': {
        const { ticket, endpoints, how } = report
        durable.givingBack?.give(endpoints, how, () => this.#storagePort?.ask({ kind: 'dropped', ticket }))
        break
      }
      default:
        durable.parking.receive(report)
        durable.givingBack?.lookAtAll()
    }
  }

  /** The store may have parked jobs of these endpoints. @returns those that are not placed here, or not yet */
  behind(endpoints: readonly BehindEndpoint[]): readonly BehindEndpoint[] {
    return endpoints.filter(({ app, endpoint }) => {
      // One that is at rest comes back with its app.
      this.gather.apps.get(app)
      return this.deliver.durable?.parking.mayHave(endpoint) === false
    })
  }

  /** Connects another storage thread. */
  reconnect(port: MessagePort): void {
    this.#storagePort?.reconnect(port)
    this.deliver.durable?.reconnected()
  }

  /** Calls `done` when everything that has been consumed is stored, delivered or a dead letter. @throws without a durable queue */
  persist(done: () => void): void {
    const custodian = this.deliver.durable?.custodian
    if (custodian === undefined) throw new Error('nothing is stored: the queue is memory')
    persistAll(this, custodian, this.#task.settings.flapWindowMs, done)
  }

  /** Threads of this shard that died before this one. */
  get restarts(): number {
    return this.#task.restarts
  }

  /**
   * Takes what a former thread left in the arena.
   * @param apps all that something is left of, or that have endpoints which are gone or stopped
   */
  start(apps: readonly PlacedApp[]): Recovery {
    const { counters } = this
    const task = this.#task
    if (this.restarts > 0) this.gather.backpressure.resetAll()
    for (const { name, kind } of SHARD_METRICS) if (kind === 'gauge') counters.set(Counter[name], 0)
    const { open, sealed, inFlight, dead, quarantined } = takeOver(this, apps, task.stopped, now())
    counters.add(Counter.quarantined_slabs, quarantined)
    this.behind(task.queue?.behind ?? [])
    return {
      open: open.length,
      waiting: sealed.length - inFlight,
      inFlight,
      deadLetters: dead.length,
      held: counters.get(Counter.held_events),
      quarantined: counters.get(Counter.quarantined_slabs),
    }
  }

  /** See `AppChanges`. */
  place(app: PlacedApp, inForce?: () => void): boolean {
    return this.#changes.place(app, inForce)
  }

  /** Calls `done` when everything that has been consumed is delivered or a dead letter. */
  flush(done: () => void): void {
    flushAll(this, done)
  }

  /** Dead letters that are in the store are no longer here after this. */
  letStoredGo(): void {
    this.deliver.durable?.custodian.run(now())
  }

  /** Sends the selected dead letters again. @returns how many */
  replay(selection: DeadLetterSelection): number {
    return replay(this.deliver.deadLetters, this.gather.host, selection)
  }

  /** Sends the events of the selected dead letters again, one by one. @returns how many letters; others find no room now */
  replaySplit(selection: DeadLetterSelection): number {
    return replaySplit(this.deliver.deadLetters, this.gather.host, selection)
  }

  /** Sends the events of these dead letters of the store one by one. @returns how many letters; others find no room now */
  splitStored(letters: readonly StoredLetter[]): number {
    return splitStored(this, letters)
  }

  /** From now on requests that end change nothing: they are left as they are in the arena. */
  stop(): void {
    this.deliver.stop()
  }

  /** Stops, and destroys all connections. */
  async close(): Promise<void> {
    this.#storagePort?.close()
    await this.deliver.close()
  }

  /** What is reported and counted once a turn, not at once: notices, drops, and the figures of arena and apps. */
  report(): void {
    const { counters, gather, deliver, batches } = this
    const { allocator } = batches
    deliver.report()
    this.notices.post()
    counters.set(Counter.arena_used_bytes, allocator.usedBytes)
    counters.set(Counter.arena_total_bytes, allocator.totalBytes)
    counters.slabs(allocator)
    counters.set(Counter.active_apps, gather.passivation.active)
  }
}
