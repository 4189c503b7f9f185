import type { Batches } from '../arena/batches.js'
import { RESERVE_HEADER_BYTES, reserveAt } from '../arena/layout.js'
import { WakeUps } from '../collections/wake-ups.js'
import type { AppIndex } from '../indexes.js'
import { RecordLog } from '../ring/record-log.js'
import type { PlacedApp, ShardTask } from '../shard/messages.js'
import type { Notices } from '../shard/notices.js'
import { Counter } from '../stats/layout.js'
import type { ShardCounters } from '../stats/shard-counters.js'
import { monotonicNow as now } from '../time/clocks.js'
import { ActorHost } from './actor-host.js'
import { ActorSupervisor, MAX_FAILURES } from './actor-supervisor.js'
import { Apps } from './apps.js'
import { Backpressure } from './backpressure.js'
import { Deadlines } from './deadlines.js'
import { EmissionClock } from './emission-clock.js'
import { Feedback } from './feedback.js'
import { createFlapParts } from './flap-suppression.js'
import { Holders } from './holders.js'
import type { Outlet, OutletEndpoints } from './outlet.js'
import { Passivation } from './passivation.js'
import { Reserve, type ReserveHost } from './reserve.js'
import { Retirement } from './retirement.js'

interface GatherParts {
  readonly task: Pick<ShardTask, 'settings' | 'ring' | 'board' | 'arena' | 'shape'>
  readonly control: Int32Array
  readonly batches: Batches
  readonly counters: ShardCounters
  readonly notices: Notices
  readonly outlet: Outlet
  readonly endpoints: OutletEndpoints
  /** Called when arena memory may have become free or a courier has to be called earlier. */
  readonly onProgress: () => void
}

/** The parts of a shard that make batches of records, wired. */
export class Gather {
  readonly counters: ShardCounters
  readonly notices: Notices
  readonly outlet: Outlet
  readonly deadlines: Deadlines
  /** When held leaves of an app, by its index, are due. */
  readonly releases = new WakeUps<AppIndex>()
  readonly emission = new EmissionClock()
  readonly holders = new Holders()
  readonly host: ActorHost
  readonly apps: Apps
  readonly actors: ActorSupervisor
  readonly passivation: Passivation
  /** Records of apps that find no room. */
  readonly reserve: Reserve
  readonly backpressure: Backpressure
  readonly retirement: Retirement
  readonly feedback: Feedback

  constructor({ task, control, batches, counters, notices, outlet, endpoints, onProgress }: GatherParts) {
    const { settings, ring, board } = task
    const { holders, releases, emission } = this
    const { allocator } = batches
    const isInReserve = (app: AppIndex): boolean => this.reserve.holds(app)
    this.counters = counters
    this.notices = notices
    this.outlet = outlet
    this.deadlines = new Deadlines(settings.durationMs)
    this.backpressure = new Backpressure(
      { onFull: settings.onFull, endpointShare: settings.endpointShare, ringBytes: ring.byteLength },
      { holdersOf: (app) => holders.of(this.apps.placed(app)), isInReserve },
      outlet,
      notices,
      allocator,
      board,
    )
    this.host = new ActorHost(holders, this.backpressure, this.deadlines, outlet)
    this.apps = new Apps({
      batches,
      ports: this.host,
      limits: { maxEvents: settings.maxEvents, durationMs: settings.durationMs },
      maxBytes: settings.maxBytes,
      placeEndpoints: (app) => {
        holders.place(app)
        endpoints.place(app, now())
      },
      made: (app) => this.passivation.add(app, now()),
      flaps: createFlapParts(settings.flapWindowMs, control, { batches, releases, counters, emission }),
    })
    this.actors = new ActorSupervisor(this.apps, outlet, counters, notices)
    this.retirement = new Retirement(holders, endpoints, isInReserve)
    this.passivation = new Passivation(this.apps, holders, endpoints, isInReserve)
    const { reserveBytes } = task.shape
    const log = new RecordLog(task.arena, reserveAt(task.shape), RESERVE_HEADER_BYTES, reserveBytes)
    this.reserve = new Reserve(log, this.#reserveHost(batches))
    const { host, actors, backpressure, retirement, reserve } = this
    this.feedback = new Feedback({ holders, host, actors, backpressure, retirement, reserve, onProgress })
  }

  /** Those of an app, by its index. */
  #retireThoseDone(app: PlacedApp | undefined): void {
    for (const holder of this.holders.of(app)) this.retirement.retireIfDone(holder)
  }

  #reserveHost({ allocator }: Batches): ReserveHost {
    const { actors, outlet, counters, emission } = this
    const error = `its shard's thread died ${MAX_FAILURES} times at this event`
    return {
      tell: (event, nowMs) => {
        event.emittedAtMs = emission.emittedAtMs(event, nowMs)
        return actors.receive(event.app, { kind: 'event', event }, nowMs)
      },
      giveUp: (event, nowMs) => actors.quarantine(event, 'ring', error, nowMs),
      makeRoom: () => outlet.makeRoom(),
      get releases() {
        return allocator.releases
      },
      changed: (app) => {
        this.backpressure.show(app)
        this.#retireThoseDone(this.apps.placed(app))
      },
      count: (records) => counters.add(Counter.set_aside_events, records),
    }
  }
}
