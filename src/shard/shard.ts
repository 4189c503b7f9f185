import type { ActorMessage } from '../actor/app-actor.js'
import type { ActorPorts } from '../actor/ports.js'
import { Allocator } from '../arena/allocator.js'
import { ArenaMemory, type SlabId } from '../arena/arena-memory.js'
import { Batches } from '../arena/batches.js'
import { BARE, ENVELOPE } from '../arena/body.js'
import { DeliveryIds } from '../arena/delivery-ids.js'
import { RESERVE_HEADER_BYTES, reserveAt, SlabState, SlabWord } from '../arena/layout.js'
import { WakeUps } from '../collections/wake-ups.js'
import { Admission } from '../deliver/admission.js'
import { CoreYield } from '../deliver/core-yield.js'
import { Couriers } from '../deliver/couriers.js'
import { DeadLetters } from '../deliver/dead-letters.js'
import { Delivery, type DeliveryHost } from '../deliver/delivery.js'
import { Drops } from '../deliver/drops.js'
import type { Endpoint } from '../deliver/endpoint.js'
import { Endpoints } from '../deliver/endpoints.js'
import { Flushes } from '../deliver/flushes.js'
import { ActorSupervisor, MAX_FAILURES, PortFailure } from '../gather/actor-supervisor.js'
import { Apps } from '../gather/apps.js'
import { Backpressure, type BackpressureHost } from '../gather/backpressure.js'
import { Deadlines } from '../gather/deadlines.js'
import { EmissionClock } from '../gather/emission-clock.js'
import { createFlapParts } from '../gather/flap-suppression.js'
import { Passivation } from '../gather/passivation.js'
import { Reserve, type ReserveHost } from '../gather/reserve.js'
import { RecordLog } from '../ring/record-log.js'
import { Counter, SHARD_METRICS } from '../stats/layout.js'
import { ShardCounters } from '../stats/shard-counters.js'
import { monotonicNow as now } from '../time/clocks.js'
import type { Transports } from '../transport/transport.js'
import { createTransports } from '../transport/transports.js'
import { flushAll } from './flush-all.js'
import type { DeadLetterSelection, PlacedApp, Recovery, ShardTask } from './messages.js'
import { Notices } from './notices.js'
import { type TakeoverHost, takeOver } from './takeover.js'

/** The parts of one shard, wired: actors hand batches to couriers, couriers hand them to transports. */
export class Shard implements ActorPorts, BackpressureHost, DeliveryHost, TakeoverHost {
  readonly counters: ShardCounters
  readonly notices: Notices
  readonly deadlines: Deadlines
  /** When held leaves of an app, by its index, are due. */
  readonly releases = new WakeUps()
  readonly flushes: Flushes
  readonly endpoints = new Endpoints()
  readonly emission = new EmissionClock()
  readonly batches: Batches
  readonly apps: Apps
  readonly actors = new ActorSupervisor(this)
  readonly deadLetters: DeadLetters
  readonly couriers: Couriers
  readonly passivation: Passivation
  /** Records of apps that find no room. */
  readonly reserve: Reserve
  private readonly allocator: Allocator
  private readonly transports: Transports
  private readonly admission: Admission
  private readonly coreYield: CoreYield | null
  private readonly delivery: Delivery
  private readonly drops: Drops
  private readonly backpressure: Backpressure

  constructor(
    private readonly task: ShardTask,
    control: Int32Array,
    /** Called when arena memory has become free or a courier has to be called earlier. */
    private readonly onProgress: () => void,
    transports?: Transports,
  ) {
    const { settings } = task
    this.counters = new ShardCounters(task.counters)
    this.notices = new Notices(task.port, control)
    this.deadlines = new Deadlines(settings.durationMs)
    this.flushes = new Flushes(task.arena.byteLength)
    this.allocator = new Allocator(new ArenaMemory(task.arena, task.shape))
    const isBare = settings.payloadFormat === 'bare' && settings.durationMs === 0
    this.batches = new Batches(this.allocator, isBare ? BARE : ENVELOPE, new DeliveryIds())
    const maxDeadBytes = Math.floor(settings.deadLetterShare * this.allocator.totalBytes)
    this.deadLetters = new DeadLetters(this.batches, maxDeadBytes, this.counters, (endpoint) =>
      this.retireIfDone(endpoint),
    )
    const { egress, version } = settings
    this.transports = transports ?? createTransports({ egress, version, names: { slot: task.nameSlot } })
    this.admission = new Admission(settings.maxInFlight, now())
    this.coreYield = settings.sharesCore ? new CoreYield() : null
    const { bulkhead } = this.admission
    this.delivery = new Delivery(this, this.batches, this.transports, bulkhead, this.counters, this.notices)
    this.drops = new Drops(this.batches.slabs, this.counters, this.notices)
    this.couriers = new Couriers(this.endpoints, this.admission, this.delivery, (endpoint, nowMs) =>
      this.called(endpoint, nowMs),
    )
    this.backpressure = this.createBackpressure()
    this.apps = new Apps({
      batches: this.batches,
      ports: this,
      limits: { maxEvents: settings.maxEvents, durationMs: settings.durationMs },
      maxBytes: settings.maxBytes,
      placeEndpoints: (app) => this.endpoints.place(app, now()),
      made: (app) => this.passivation.add(app, now()),
      flaps: createFlapParts(settings.flapWindowMs, control, this),
    })
    this.passivation = new Passivation(
      this.apps,
      this.endpoints,
      (number) => bulkhead.forget(number),
      (app) => this.isInReserve(app),
    )
    const { reserveBytes } = task.shape
    const log = new RecordLog(task.arena, reserveAt(task.shape), RESERVE_HEADER_BYTES, reserveBytes)
    this.reserve = new Reserve(log, this.createReserveHost())
  }

  /** Threads of this shard that died before this one. */
  get restarts(): number {
    return this.task.restarts
  }

  /**
   * Takes what a former thread left in the arena.
   * @param apps all that something is left of, or that have endpoints which are gone or stopped
   */
  start(apps: readonly PlacedApp[]): Recovery {
    const nowMs = now()
    if (this.restarts > 0) this.backpressure.resetAll()
    for (const { name, kind } of SHARD_METRICS) if (kind === 'gauge') this.counters.set(Counter[name], 0)
    const { open, sealed, inFlight, dead, quarantined } = takeOver(this, apps, this.task.stopped, nowMs)
    this.counters.add(Counter.quarantined_slabs, quarantined)
    return {
      open: open.length,
      waiting: sealed.length - inFlight,
      inFlight,
      deadLetters: dead.length,
      held: this.counters.get(Counter.held_events),
      quarantined: this.counters.get(Counter.quarantined_slabs),
    }
  }

  /**
   * Puts a change of an app in force, behind the events of the app that are set aside.
   * @param inForce called when it is
   * @returns false when the arena is too full for it: the same call must come again
   */
  place(app: PlacedApp, inForce: () => void = () => undefined): boolean {
    const place = (): boolean => {
      const isPlaced = this.placeNow(app)
      if (isPlaced) inForce()
      return isPlaced
    }
    if (!this.reserve.holds(app.index)) return place()
    this.reserve.defer(app.index, place)
    return true
  }

  private placeNow(app: PlacedApp): boolean {
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
    flushAll(this, done)
  }

  /** Sends the selected dead letters again. @returns how many */
  replay(selection: DeadLetterSelection): number {
    const revived = this.deadLetters.revive(selection)
    for (const { endpoint, slab } of revived) this.submit(endpoint.number, slab, now())
    return revived.length
  }

  /** Sends the events of the selected dead letters again, one by one. @returns how many letters; others find no room now */
  replaySplit(selection: DeadLetterSelection): number {
    const revived = this.deadLetters.separate(selection)
    for (const { endpoint, slabs } of revived) for (const slab of slabs) this.submit(endpoint.number, slab, now())
    return revived.length
  }

  /** Sets an inconsistent slab of a former thread aside. Nothing uses it again; what it held counts as undelivered. */
  setAside(slab: SlabId, reason: string): void {
    const { slabs } = this.batches
    const [app, endpoint] = [slabs.word(slab, SlabWord.App), slabs.word(slab, SlabWord.Endpoint)]
    slabs.setState(slab, SlabState.Quarantined)
    this.counters.add(Counter.quarantined_slabs, 1)
    this.notices.tell({ kind: 'slab-quarantined', app, endpoint, events: slabs.events(slab), reason })
  }

  /** From now on requests that end change nothing: they are left as they are in the arena. */
  stop(): void {
    this.delivery.close()
  }

  /** Stops, and destroys all connections. */
  async close(): Promise<void> {
    this.stop()
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
      this.couriers.submit(endpoint, slab, nowMs)
    } catch (error) {
      throw new PortFailure(error)
    }
  }

  hasRoom(number: number, nowMs: number): boolean {
    const endpoint = this.endpoint(number)
    const hasRoom = this.couriers.of(endpoint, nowMs).hasRoom(nowMs)
    if (!hasRoom) endpoint.isAwaited = true
    return hasRoom
  }

  setDeadline(app: number, endpoint: number, generation: number, latestMs: number, nowMs: number): void {
    this.deadlines.add(app, endpoint, generation, latestMs, nowMs)
  }

  holds(number: number, bytes: number): void {
    const endpoint = this.endpoint(number)
    endpoint.heldBytes += bytes
    this.backpressure.holds(endpoint)
  }

  letGo(endpoint: Endpoint, slab: SlabId): void {
    this.counters.add(Counter.pending_batches, -1)
    this.free(endpoint, slab)
    this.flushes.settled(slab)
  }

  quarantine(endpoint: number, slab: SlabId, error: string): void {
    this.counters.add(Counter.pending_batches, 1)
    this.delivery.gaveUp(endpoint, slab, 'quarantined', null, error)
  }

  halve(endpoint: Endpoint, slab: SlabId): readonly SlabId[] | null {
    const { memory } = this.allocator
    const bytes = memory.slabBytes(slab)
    let halves = this.batches.halve(slab)
    while (halves === null && this.deadLetters.evictOldest()) halves = this.batches.halve(slab)
    if (halves === null) return null
    this.counters.add(Counter.pending_batches, halves.length - 1)
    this.flushes.split(slab, halves)
    this.holds(
      endpoint.number,
      halves.reduce((sum, half) => sum + memory.slabBytes(half), -bytes),
    )
    return halves
  }

  bury(endpoint: Endpoint, slab: SlabId, status: number | null, cause: string, error: string): void {
    this.counters.add(Counter.pending_batches, -1)
    this.deadLetters.bury(endpoint, slab, status, cause, error)
    this.flushes.settled(slab)
  }

  pump(endpoint: Endpoint, nowMs: number): void {
    this.couriers.pump(endpoint, nowMs)
  }

  ended(endpoint: Endpoint, nowMs: number): void {
    this.couriers.ended(endpoint, nowMs)
    this.coreYield?.pause(nowMs, this.admission.utilization)
  }

  takeUp(endpoint: Endpoint, slab: SlabId, nowMs: number): void {
    this.counters.add(Counter.pending_batches, 1)
    this.couriers.enqueue(endpoint, slab, nowMs)
  }

  free(endpoint: Endpoint, slab: SlabId): void {
    endpoint.heldBytes -= this.allocator.memory.slabBytes(slab)
    this.allocator.release(slab)
  }

  endpointsOf(app: number): Endpoint[] {
    return (this.apps.placed(app)?.endpoints ?? []).flatMap(({ number }) => this.endpoints.find(number) ?? [])
  }

  show(app: number): void {
    this.backpressure.show(app)
  }

  isInReserve(app: number): boolean {
    return this.reserve.holds(app)
  }

  retireIfDone(endpoint: Endpoint): void {
    if (this.reserve.holds(endpoint.appIndex)) return
    if (endpoint.active || (endpoint.courier?.size ?? 0) > 0) return
    endpoint.courier?.closeCircuit()
    if (endpoint.deadLetters > 0) return
    this.endpoints.retire(endpoint.number)
    this.admission.bulkhead.forget(endpoint.number)
    const { appIndex: app, number, generation } = endpoint
    this.notices.tell({ kind: 'retired', app, endpoint: number, generation })
  }

  /** What is reported and counted once a turn, not at once: notices, drops, and the figures of arena and apps. */
  report(): void {
    this.drops.report()
    this.notices.post()
    this.counters.set(Counter.arena_used_bytes, this.allocator.usedBytes)
    this.counters.set(Counter.arena_total_bytes, this.allocator.totalBytes)
    this.counters.slabs(this.allocator)
    this.counters.set(Counter.active_apps, this.passivation.active)
  }

  /** The endpoint's courier has been called: the app's actor may seal what waited for room, an endpoint that is done goes. */
  private called(endpoint: Endpoint, nowMs: number): void {
    if (endpoint.isAwaited) {
      endpoint.isAwaited = false
      this.actors.receive(endpoint.appIndex, { kind: 'settled', endpoint: endpoint.number }, nowMs)
    }
    this.backpressure.settled(endpoint)
    this.retireIfDone(endpoint)
    this.onProgress()
  }

  private createReserveHost(): ReserveHost {
    const { actors, allocator, counters, deadLetters, emission } = this
    const error = `its shard's thread died ${MAX_FAILURES} times at this event`
    return {
      tell: (event, nowMs) => {
        event.emittedAtMs = emission.emittedAtMs(event, nowMs)
        return actors.receive(event.app, { kind: 'event', event }, nowMs)
      },
      giveUp: (event, nowMs) => actors.quarantine(event, 'ring', error, nowMs),
      makeRoom: () => deadLetters.evictOldest(),
      get releases() {
        return allocator.releases
      },
      changed: (app) => {
        this.backpressure.show(app)
        for (const endpoint of this.endpointsOf(app)) this.retireIfDone(endpoint)
      },
      count: (records) => counters.add(Counter.set_aside_events, records),
    }
  }

  private createBackpressure(): Backpressure {
    const { settings, ring, board } = this.task
    const { onFull, endpointShare } = settings
    const limits = { onFull, endpointShare, ringBytes: ring.byteLength }
    return new Backpressure(limits, this, this.drops, this.notices, this.allocator, board)
  }
}
