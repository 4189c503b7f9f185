import type { ActorMessage } from '../actor/app-actor.js'
import { endpointHistories } from '../actor/history.js'
import type { SlabId } from '../arena/arena-memory.js'
import type { Batches } from '../arena/batches.js'
import { SlabState } from '../arena/layout.js'
import { type Recovered, recover } from '../arena/recovery.js'
import type { Deliver } from '../deliver/deliver.js'
import type { Endpoint } from '../deliver/endpoint.js'
import type { Gather } from '../gather/gather.js'
import type { EndpointNumber } from '../indexes.js'
import { Counter } from '../stats/layout.js'
import { monotonicNow as now } from '../time/clocks.js'
import type { PlacedApp } from './messages.js'

/** What takes over. */
export interface Successor {
  readonly batches: Batches
  readonly gather: Gather
  readonly deliver: Deliver
}

/**
 * Makes the apps and puts together what a former thread left of them in the arena. Batches that waited are sent in the
 * turns to come: there may be thousands.
 */
export function takeOver(
  shard: Successor,
  apps: readonly PlacedApp[],
  stopped: readonly EndpointNumber[],
  nowMs: number,
): Recovered {
  const { batches, gather, deliver } = shard
  const { memory } = batches.allocator
  const { endpoints, couriers } = deliver
  const recovered = recover(batches)
  gather.reserve.recover()
  const history = endpointHistories(batches.slabs, recovered)
  for (const app of apps) {
    gather.holders.place(app)
    endpoints.place(app, nowMs)
    const tell = (message: ActorMessage) => gather.actors.receive(app.index, message, nowMs)
    gather.apps.place(withThoseThatLeave(gather, app), history, tell)
  }
  for (const number of stopped) couriers.of(endpoints.get(number), nowMs).stop()
  for (const { slab, reason } of recovered.inconsistent) setAside(shard, slab, reason)
  const open = owned(shard, recovered.open)
  const sealed = owned(shard, recovered.sealed)
  const dead = owned(shard, recovered.dead)
  gather.apps.recoverHeld(recovered.held, nowMs, (slab, reason) => setAside(shard, slab, reason))
  for (const [owner, slab] of [...sealed, ...open]) gather.host.holds(owner.number, memory.slabBytes(slab))
  for (const [owner, slab] of dead) deliver.deadLetters.keep(owner, slab)
  for (const [owner, slab] of owned(shard, recovered.parked)) {
    gather.host.holds(owner.number, memory.slabBytes(slab))
    deliver.durable?.outlet.takeUpParked(owner, slab)
  }
  deliver.durable?.custodian.adoptSettled(recovered.settled)
  for (const slab of recovered.left) deliver.durable?.custodian.adopt(slab)
  for (const [owner, slab] of sealed) takeUp(deliver, owner, slab, nowMs)
  for (const [owner, slab] of open) resume(shard, owner, slab, nowMs)
  for (const holder of gather.holders.values()) gather.retirement.retireIfDone(holder)
  for (const app of gather.reserve.apps) gather.backpressure.show(app)
  return recovered
}

/**
 * A change that took endpoints from an app may have waited behind events that are set aside. Those are for the endpoints that there
 * were: the app's actor gets them as well, and loses them when it has come so far.
 */
function withThoseThatLeave({ reserve, apps, actors }: Gather, app: PlacedApp): PlacedApp {
  if (!reserve.holds(app.index) || app.endpoints.every(({ active }) => active)) return app
  reserve.defer(app.index, () => {
    const nowMs = now()
    return apps.place(app, new Map(), (message) => actors.receive(app.index, message, nowMs)) === 'done'
  })
  return { ...app, endpoints: app.endpoints.map((endpoint) => ({ ...endpoint, active: true })) }
}

/** The slabs with their endpoints. One whose endpoint is not known is set aside. */
function owned(shard: Successor, found: readonly SlabId[]): (readonly [Endpoint, SlabId])[] {
  const { slabs } = shard.batches
  return found.flatMap((slab) => {
    const owner = shard.deliver.endpoints.find(slabs.endpoint(slab))
    if (owner?.appIndex === slabs.app(slab)) return [[owner, slab] as const]
    setAside(shard, slab, 'its endpoint is not known')
    return []
  })
}

/** An open batch leaves as soon as it may, that of an endpoint that is gone too. */
function resume({ batches, gather, deliver }: Successor, owner: Endpoint, slab: SlabId, nowMs: number): void {
  const { number, appIndex } = owner
  const { allocator } = batches
  if (gather.holders.get(number).active || gather.reserve.holds(appIndex)) deliver.couriers.wake(owner, nowMs)
  else if (batches.slabs.events(slab) === 0) {
    gather.feedback.held(number, -allocator.memory.slabBytes(slab))
    allocator.release(slab)
  } else {
    batches.seal(slab, 'flush', nowMs)
    takeUp(deliver, owner, slab, nowMs)
  }
}

function takeUp({ couriers, durable }: Deliver, { number }: Endpoint, slab: SlabId, nowMs: number): void {
  if (durable === null) couriers.takeUp(number, slab, nowMs)
  else durable.outlet.takeUp(number, slab, nowMs)
}

/** Sets an inconsistent slab aside. Nothing uses it again; what it held counts as undelivered. */
function setAside({ batches, gather }: Successor, slab: SlabId, reason: string): void {
  const { slabs } = batches
  const [app, endpoint] = [slabs.app(slab), slabs.endpoint(slab)]
  slabs.setState(slab, SlabState.Quarantined)
  gather.counters.add(Counter.quarantined_slabs, 1)
  gather.notices.tell({ kind: 'slab-quarantined', app, endpoint, events: slabs.events(slab), reason })
}
