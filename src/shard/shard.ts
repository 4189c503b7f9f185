import type { ActorMessage } from '../actor/app-actor.js'
import type { FlapParts } from '../actor/flaps.js'
import { HeldRecords } from '../actor/held-records.js'
import { endpointHistories } from '../actor/history.js'
import type { ActorPorts } from '../actor/ports.js'
import { Allocator } from '../arena/allocator.js'
import { ArenaMemory, type SlabId } from '../arena/arena-memory.js'
import { Batches } from '../arena/batches.js'
import { BARE, ENVELOPE } from '../arena/body.js'
import { DeliveryIds } from '../arena/delivery-ids.js'
import { SlabState, SlabWord } from '../arena/layout.js'
import { type Recovered, recover } from '../arena/recovery.js'
import { Courier } from '../courier/courier.js'
import { Counter, SHARD_METRICS } from '../stats/layout.js'
import { ShardCounters } from '../stats/shard-counters.js'
import type { Transports } from '../transport/transport.js'
import { createTransports } from '../transport/transports.js'
import { ActorSupervisor, PortFailure } from './actor-supervisor.js'
import { Admission } from './admission.js'
import { Apps } from './apps.js'
import { Backpressure } from './backpressure.js'
import { now } from './clock.js'
import { DeadLetters } from './dead-letters.js'
import { Deadlines } from './deadlines.js'
import { Delivery, type DeliveryHost } from './delivery.js'
import { Drops } from './drops.js'
import type { Endpoint } from './endpoint.js'
import { Endpoints } from './endpoints.js'
import { FlapSuppression } from './flap-suppression.js'
import { Flushes } from './flushes.js'
import type { DeadLetterSelection, PlacedApp, ShardTask } from './messages.js'
import { Notices } from './notices.js'
import { Passivation } from './passivation.js'
import { WakeUps } from './wake-ups.js'

/** Couriers that are called at one turn of the event loop, before the ring and the sockets get theirs again. */
const PUMPS_A_TURN = 64

/** The parts of one shard, wired: actors hand batches to couriers, couriers hand them to transports. */
export class Shard implements ActorPorts, DeliveryHost {
  readonly counters: ShardCounters
  readonly notices: Notices
  readonly deadlines = new Deadlines()
  readonly wakeUps = new WakeUps()
  /** When held leaves of an app, by its index, are due. */
  readonly releases = new WakeUps()
  readonly flushes = new Flushes()
  readonly endpoints = new Endpoints()
  readonly batches: Batches
  readonly apps: Apps
  readonly actors = new ActorSupervisor(this)
  readonly deadLetters: DeadLetters
  readonly admission: Admission
  readonly passivation: Passivation
  private readonly allocator: Allocator
  private readonly transports: Transports
  private readonly delivery: Delivery
  private readonly drops: Drops
  private readonly backpressure: Backpressure

  constructor(
    private readonly task: ShardTask,
    control: Int32Array,
    /** Told when arena memory has become free or a courier has to be called earlier. */
    private readonly onProgress: () => void,
  ) {
    const { settings } = task
    this.counters = new ShardCounters(task.counters)
    this.notices = new Notices(task.signals, control)
    this.allocator = new Allocator(new ArenaMemory(task.arena, task.shape))
    const isBare = settings.payloadFormat === 'bare' && settings.durationMs === 0
    this.batches = new Batches(this.allocator, isBare ? BARE : ENVELOPE, new DeliveryIds())
    const maxDeadBytes = Math.floor(settings.deadLetterShare * this.allocator.totalBytes)
    this.deadLetters = new DeadLetters(this.batches, maxDeadBytes, this.counters, (endpoint) =>
      this.retireIfDone(endpoint),
    )
    this.transports = createTransports({ egress: settings.egress, version: settings.version, now })
    this.admission = new Admission(settings.maxInFlight, now())
    this.delivery = new Delivery(
      this,
      this.batches,
      this.transports,
      this.admission.bulkhead,
      this.counters,
      this.notices,
    )
    this.drops = new Drops(this.batches.slabs, this.counters, this.notices)
    this.backpressure = this.createBackpressure()
    this.apps = new Apps({
      batches: this.batches,
      ports: this,
      limits: { maxEvents: settings.maxEvents, durationMs: settings.durationMs },
      maxBytes: settings.maxBytes,
      placeEndpoints: (app) => this.endpoints.place(app, now()),
      made: (app) => this.passivation.add(app, now()),
      flaps: this.flapParts(control),
    })
    this.passivation = new Passivation(this.apps, this.endpoints, (number) => this.admission.bulkhead.forget(number))
  }

  /** Takes the apps and what a former thread left in the arena. */
  start(): Recovered {
    const nowMs = now()
    if (this.task.restarts > 0) this.backpressure.resetAll()
    for (const { name, kind } of SHARD_METRICS) if (kind === 'gauge') this.counters.set(Counter[name], 0)
    const recovered = recover(this.batches)
    const history = endpointHistories(this.batches.slabs, recovered)
    for (const app of this.task.apps) {
      this.endpoints.place(app, nowMs)
      this.apps.place(app, history, (message) => this.actors.receive(app.index, message, nowMs))
    }
    for (const number of this.task.stopped) this.courier(this.endpoint(number), nowMs).stop()
    this.apps.recoverHeld(recovered.held, nowMs)
    for (const slab of [...recovered.sealed, ...recovered.open]) this.adopt(slab)
    for (const slab of recovered.dead) this.deadLetters.keep(this.ownerOf(slab), slab)
    for (const slab of recovered.sealed) this.takeUp(slab, nowMs)
    for (const slab of recovered.open) this.resume(slab, nowMs)
    for (const endpoint of this.endpoints.values()) this.retireIfDone(endpoint)
    return recovered
  }

  /** Puts a change of an app in force. @returns false when the arena is too full for it: the same call must come again */
  place(app: PlacedApp): boolean {
    const nowMs = now()
    const tell = (message: ActorMessage) => this.actors.receive(app.index, message, nowMs)
    if (this.apps.place(app, new Map(), tell) === 'stalled') {
      if (this.deadLetters.evictOldest()) this.onProgress()
      return false
    }
    this.endpoints.place(app, nowMs)
    this.backpressure.show(app.index)
    for (const { number, active } of app.endpoints) {
      if (active) this.pump(this.endpoint(number), nowMs)
      else this.retireIfDone(this.endpoint(number))
    }
    return true
  }

  /** Calls `done` when everything that has been consumed is delivered or a dead letter. */
  flush(done: () => void): void {
    const nowMs = now()
    const stalled = this.apps
      .actors()
      .filter(({ app }) => this.actors.receive(app, { kind: 'flush' }, nowMs) === 'stalled')
    const unsettled: SlabId[] = []
    const { slabs } = this.batches
    this.allocator.memory.forEachUsed((slab) => {
      const state = slabs.state(slab)
      if (state === SlabState.Sealed || state === SlabState.InFlight) unsettled.push(slab)
    })
    const mustGoOn = stalled.length > 0 && (unsettled.length > 0 || this.deadLetters.evictOldest())
    this.flushes.add(unsettled, mustGoOn ? () => this.flush(done) : done)
  }

  replay(selection: DeadLetterSelection): number {
    const revived = this.deadLetters.revive(selection)
    for (const { endpoint, slab } of revived) this.submit(endpoint.number, slab, now())
    return revived.length
  }

  /** Destroys all connections. Requests in flight are left as they are in the arena. */
  async close(): Promise<void> {
    await this.transports.close()
  }

  endpoint(number: number): Endpoint {
    return this.endpoints.get(number)
  }

  submit(number: number, slab: SlabId, nowMs: number): void {
    const endpoint = this.endpoint(number)
    this.counters.add(Counter.pending_batches, 1)
    if (this.backpressure.mustGiveUp(endpoint)) {
      this.delivery.gaveUp(number, slab, 'endpoint-full', null, 'the endpoint had used up its share of the arena')
      return
    }
    try {
      this.schedule(endpoint, this.courier(endpoint, nowMs).submit(slab, nowMs))
    } catch (error) {
      throw new PortFailure(error)
    }
  }

  hasRoom(number: number, nowMs: number): boolean {
    return this.courier(this.endpoint(number), nowMs).hasRoom(nowMs)
  }

  setDeadline(app: number, endpoint: number, generation: number, atMs: number): void {
    this.deadlines.add(app, endpoint, generation, atMs)
  }

  holds(number: number, bytes: number): void {
    const endpoint = this.endpoint(number)
    endpoint.heldBytes += bytes
    this.backpressure.holds(endpoint)
  }

  delivered(endpoint: Endpoint, slab: SlabId): void {
    this.letGo(endpoint, slab)
  }

  quarantine(endpoint: number, slab: SlabId, error: string): void {
    this.counters.add(Counter.pending_batches, 1)
    this.delivery.gaveUp(endpoint, slab, 'quarantined', null, error)
  }

  bury(endpoint: Endpoint, slab: SlabId, status: number | null, cause: string, error: string): void {
    this.counters.add(Counter.pending_batches, -1)
    this.deadLetters.bury(endpoint, slab, status, cause, error)
    this.flushes.settled(slab)
  }

  pump(endpoint: Endpoint, nowMs: number): void {
    if (endpoint.courier !== null) this.schedule(endpoint, endpoint.courier.pump(nowMs))
    this.actors.receive(endpoint.appIndex, { kind: 'settled', endpoint: endpoint.number }, nowMs)
    this.backpressure.settled(endpoint)
    this.retireIfDone(endpoint)
    this.onProgress()
  }

  /** Lets those send that found no room for a request before. */
  serveLine(nowMs: number): void {
    this.pumpAll(() => this.admission.takeTurn(nowMs), nowMs)
  }

  /** Calls the couriers whose time has come. */
  fireWakeUps(nowMs: number): void {
    this.pumpAll(() => this.wakeUps.takeDue(nowMs), nowMs)
  }

  /** What is told and counted once a turn, not at once: drops, and the figures of arena and apps. */
  report(): void {
    this.drops.report()
    this.counters.set(Counter.arena_used_bytes, this.allocator.usedBytes)
    this.counters.set(Counter.arena_total_bytes, this.allocator.totalBytes)
    this.counters.slabs(this.allocator)
    this.counters.set(Counter.active_apps, this.passivation.active)
  }

  private pumpAll(takeNext: () => number | undefined, nowMs: number): void {
    for (let pumped = 0; pumped < PUMPS_A_TURN; pumped++) {
      const number = takeNext()
      if (number === undefined) return
      const endpoint = this.endpoints.find(number)
      if (endpoint !== undefined) this.pump(endpoint, nowMs)
    }
  }

  private schedule(endpoint: Endpoint, wakeAtMs: number): void {
    this.wakeUps.set(endpoint.number, wakeAtMs)
  }

  private courier(endpoint: Endpoint, nowMs: number): Courier {
    endpoint.courier ??= new Courier(
      endpoint.number,
      endpoint.config,
      this.delivery.times,
      this.delivery,
      Math.random,
      nowMs,
    )
    return endpoint.courier
  }

  private free(endpoint: Endpoint, slab: SlabId): void {
    endpoint.heldBytes -= this.allocator.memory.slabBytes(slab)
    this.allocator.release(slab)
  }

  /** A sealed batch needs nothing more: its slab is free again. */
  private letGo(endpoint: Endpoint, slab: SlabId): void {
    this.counters.add(Counter.pending_batches, -1)
    this.free(endpoint, slab)
    this.flushes.settled(slab)
  }

  private retireIfDone(endpoint: Endpoint): void {
    if (endpoint.active || endpoint.deadLetters > 0 || (endpoint.courier?.size ?? 0) > 0) return
    this.endpoints.retire(endpoint.number)
    this.admission.bulkhead.forget(endpoint.number)
    this.notices.tell({ kind: 'retired', app: endpoint.appIndex, endpoint: endpoint.number })
  }

  private adopt(slab: SlabId): void {
    this.holds(this.ownerOf(slab).number, this.allocator.memory.slabBytes(slab))
  }

  /** An open batch leaves as soon as it may, that of an endpoint that is gone too. */
  private resume(slab: SlabId, nowMs: number): void {
    const owner = this.ownerOf(slab)
    if (owner.active) this.schedule(owner, nowMs)
    else if (this.batches.slabs.events(slab) === 0) this.free(owner, slab)
    else {
      this.batches.seal(slab, 'flush', Math.floor(nowMs))
      this.takeUp(slab, nowMs)
    }
  }

  /** A sealed batch of a former thread. It is sent in the turns to come: there may be thousands. */
  private takeUp(slab: SlabId, nowMs: number): void {
    const owner = this.ownerOf(slab)
    this.counters.add(Counter.pending_batches, 1)
    this.courier(owner, nowMs).enqueue(slab)
    this.schedule(owner, nowMs)
  }

  private createBackpressure(): Backpressure {
    const { settings, ring, board } = this.task
    const { onFull, endpointShare } = settings
    const host = {
      endpointsOf: (app: number) => this.endpointsOf(app),
      letGo: (endpoint: Endpoint, slab: SlabId) => this.letGo(endpoint, slab),
    }
    const limits = { onFull, endpointShare, ringBytes: ring.byteLength }
    return new Backpressure(limits, host, this.drops, this.notices, this.allocator, board)
  }

  private endpointsOf(app: number): Endpoint[] {
    return (this.apps.placed(app)?.endpoints ?? []).flatMap(({ number }) => this.endpoints.find(number) ?? [])
  }

  private flapParts(control: Int32Array): FlapParts | null {
    const windowMs = this.task.settings.flapWindowMs
    if (windowMs === 0) return null
    const ports = new FlapSuppression(control, this.releases, this.counters)
    return { windowMs, ports, records: new HeldRecords(this.batches) }
  }

  private ownerOf(slab: SlabId): Endpoint {
    return this.endpoint(this.batches.slabs.word(slab, SlabWord.Endpoint))
  }
}
