import { endpointHistories } from '../actor/history.js'
import type { SlabId } from '../arena/arena-memory.js'
import type { Batches } from '../arena/batches.js'
import { SlabWord } from '../arena/layout.js'
import { type Recovered, recover } from '../arena/recovery.js'
import type { ActorSupervisor } from './actor-supervisor.js'
import type { Apps } from './apps.js'
import type { Couriers } from './couriers.js'
import type { DeadLetters } from './dead-letters.js'
import type { Endpoint } from './endpoint.js'
import type { Endpoints } from './endpoints.js'
import type { ShardTask } from './messages.js'

/** What a takeover needs of the shard. */
export interface TakeoverHost {
  readonly apps: Apps
  readonly actors: ActorSupervisor
  readonly endpoints: Endpoints
  readonly couriers: Couriers
  readonly batches: Batches
  readonly deadLetters: DeadLetters
  holds(endpoint: number, bytes: number): void
  /** Hands over a sealed batch of a former thread. */
  takeUp(endpoint: Endpoint, slab: SlabId, nowMs: number): void
  /** Gives up the slab of a batch that has nothing in it. */
  free(endpoint: Endpoint, slab: SlabId): void
  retireIfDone(endpoint: Endpoint): void
}

/**
 * Makes the apps of a task and puts together what a former thread left of them in the arena. Batches that waited are sent in the
 * turns to come: there may be thousands.
 */
export function takeOver(host: TakeoverHost, { apps, stopped }: ShardTask, nowMs: number): Recovered {
  const { batches, endpoints } = host
  const recovered = recover(batches)
  const history = endpointHistories(batches.slabs, recovered)
  const ownerOf = (slab: SlabId): Endpoint => endpoints.get(batches.slabs.word(slab, SlabWord.Endpoint))
  for (const app of apps) {
    endpoints.place(app, nowMs)
    host.apps.place(app, history, (message) => host.actors.receive(app.index, message, nowMs))
  }
  for (const number of stopped) host.couriers.of(endpoints.get(number), nowMs).stop()
  host.apps.recoverHeld(recovered.held, nowMs)
  for (const slab of [...recovered.sealed, ...recovered.open]) {
    host.holds(ownerOf(slab).number, batches.allocator.memory.slabBytes(slab))
  }
  for (const slab of recovered.dead) host.deadLetters.keep(ownerOf(slab), slab)
  for (const slab of recovered.sealed) host.takeUp(ownerOf(slab), slab, nowMs)
  for (const slab of recovered.open) resume(host, ownerOf(slab), slab, nowMs)
  for (const endpoint of endpoints.values()) host.retireIfDone(endpoint)
  return recovered
}

/** An open batch leaves as soon as it may, that of an endpoint that is gone too. */
function resume(host: TakeoverHost, owner: Endpoint, slab: SlabId, nowMs: number): void {
  const { batches, couriers } = host
  if (owner.active) couriers.wake(owner, nowMs)
  else if (batches.slabs.events(slab) === 0) host.free(owner, slab)
  else {
    batches.seal(slab, 'flush', Math.floor(nowMs))
    host.takeUp(owner, slab, nowMs)
  }
}
