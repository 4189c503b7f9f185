import { endpointHistories } from '../actor/history.js'
import type { SlabId } from '../arena/arena-memory.js'
import type { Batches } from '../arena/batches.js'
import { SlabWord } from '../arena/layout.js'
import { type Recovered, recover } from '../arena/recovery.js'
import type { Couriers } from '../deliver/couriers.js'
import type { DeadLetters } from '../deliver/dead-letters.js'
import type { Endpoint } from '../deliver/endpoint.js'
import type { Endpoints } from '../deliver/endpoints.js'
import type { ActorSupervisor } from '../gather/actor-supervisor.js'
import type { Apps } from '../gather/apps.js'
import type { Reserve } from '../gather/reserve.js'
import { monotonicNow as now } from '../time/clocks.js'
import type { PlacedApp } from './messages.js'

/** What a takeover needs of the shard. */
export interface TakeoverHost {
  readonly apps: Apps
  readonly actors: ActorSupervisor
  readonly endpoints: Endpoints
  readonly couriers: Couriers
  readonly batches: Batches
  readonly deadLetters: DeadLetters
  readonly reserve: Reserve
  holds(endpoint: number, bytes: number): void
  /** Hands over a sealed batch of a former thread. */
  takeUp(endpoint: Endpoint, slab: SlabId, nowMs: number): void
  /** Gives up the slab of a batch that has nothing in it. */
  free(endpoint: Endpoint, slab: SlabId): void
  retireIfDone(endpoint: Endpoint): void
  /** Shows the main thread what of the app finds no room. */
  show(app: number): void
  /** Sets an inconsistent slab aside: nothing uses it again. */
  setAside(slab: SlabId, reason: string): void
}

/**
 * Makes the apps and puts together what a former thread left of them in the arena. Batches that waited are sent in the
 * turns to come: there may be thousands.
 */
export function takeOver(
  host: TakeoverHost,
  apps: readonly PlacedApp[],
  stopped: readonly number[],
  nowMs: number,
): Recovered {
  const { batches, endpoints } = host
  const recovered = recover(batches)
  host.reserve.recover()
  const history = endpointHistories(batches.slabs, recovered)
  for (const app of apps) {
    endpoints.place(app, nowMs)
    host.apps.place(withThoseThatLeave(host, app), history, (message) => host.actors.receive(app.index, message, nowMs))
  }
  for (const number of stopped) host.couriers.of(endpoints.get(number), nowMs).stop()
  for (const { slab, reason } of recovered.inconsistent) host.setAside(slab, reason)
  const open = owned(host, recovered.open)
  const sealed = owned(host, recovered.sealed)
  const dead = owned(host, recovered.dead)
  host.apps.recoverHeld(recovered.held, nowMs, (slab, reason) => host.setAside(slab, reason))
  for (const [owner, slab] of [...sealed, ...open]) {
    host.holds(owner.number, batches.allocator.memory.slabBytes(slab))
  }
  for (const [owner, slab] of dead) host.deadLetters.keep(owner, slab)
  for (const [owner, slab] of sealed) host.takeUp(owner, slab, nowMs)
  for (const [owner, slab] of open) resume(host, owner, slab, nowMs)
  for (const endpoint of endpoints.values()) host.retireIfDone(endpoint)
  for (const app of host.reserve.apps) host.show(app)
  return recovered
}

/**
 * A change that took endpoints from an app may have waited behind events that are set aside. Those are for the endpoints that there
 * were: the app's actor gets them as well, and loses them when it has come so far.
 */
function withThoseThatLeave(host: TakeoverHost, app: PlacedApp): PlacedApp {
  const { reserve, apps, actors } = host
  if (!reserve.holds(app.index) || app.endpoints.every(({ active }) => active)) return app
  reserve.defer(app.index, () => {
    const nowMs = now()
    return apps.place(app, new Map(), (message) => actors.receive(app.index, message, nowMs)) === 'done'
  })
  return { ...app, endpoints: app.endpoints.map((endpoint) => ({ ...endpoint, active: true })) }
}

/** The slabs with their endpoints. One whose endpoint is not known is set aside. */
function owned(host: TakeoverHost, found: readonly SlabId[]): (readonly [Endpoint, SlabId])[] {
  const { slabs } = host.batches
  return found.flatMap((slab) => {
    const owner = host.endpoints.find(slabs.word(slab, SlabWord.Endpoint))
    if (owner?.appIndex === slabs.word(slab, SlabWord.App)) return [[owner, slab] as const]
    host.setAside(slab, 'its endpoint is not known')
    return []
  })
}

/** An open batch leaves as soon as it may, that of an endpoint that is gone too. */
function resume(host: TakeoverHost, owner: Endpoint, slab: SlabId, nowMs: number): void {
  const { batches, couriers } = host
  if (owner.active || host.reserve.holds(owner.appIndex)) couriers.wake(owner, nowMs)
  else if (batches.slabs.events(slab) === 0) host.free(owner, slab)
  else {
    batches.seal(slab, 'flush', nowMs)
    host.takeUp(owner, slab, nowMs)
  }
}
