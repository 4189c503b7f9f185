import type { SlabId } from '../arena/arena-memory.js'
import type { Batches } from '../arena/batches.js'
import { SlabState } from '../arena/layout.js'
import type { DeadLetters } from '../deliver/dead-letters.js'
import type { Flushes } from '../deliver/flushes.js'
import type { ActorSupervisor } from '../gather/actor-supervisor.js'
import type { Apps } from '../gather/apps.js'
import type { Reserve } from '../gather/reserve.js'
import { monotonicNow as now } from '../time/clocks.js'

/** What a flush needs of the shard. */
export interface FlushHost {
  readonly apps: Apps
  readonly actors: ActorSupervisor
  readonly batches: Batches
  readonly deadLetters: DeadLetters
  readonly flushes: Flushes
  readonly reserve: Reserve
}

/** Does what `flushNow` does, once what is set aside now has been told. */
export function flushAll(host: FlushHost, done: () => void): void {
  const apps = [...host.reserve.apps]
  if (apps.length === 0) {
    flushNow(host, done)
    return
  }
  // What is sealed leaves and makes room for what is set aside.
  flushNow(host, () => undefined)
  let waiting = apps.length
  const turn = (): boolean => {
    waiting -= 1
    if (waiting === 0) flushNow(host, done)
    return true
  }
  for (const app of apps) host.reserve.defer(app, turn)
}

/**
 * Seals everything that has been consumed and calls `done` when it is delivered or a dead letter. Where the arena has no room to seal
 * something, that comes when batches have settled or a dead letter has gone.
 */
export function flushNow(host: FlushHost, done: () => void): void {
  const nowMs = now()
  const stalled = host.apps
    .actors()
    .filter(({ app }) => host.actors.receive(app, { kind: 'flush' }, nowMs) === 'stalled')
  const batches = unsettled(host.batches)
  const mustGoOn = stalled.length > 0 && (batches.length > 0 || host.deadLetters.evictOldest())
  host.flushes.add(batches, mustGoOn ? () => flushNow(host, done) : done)
}

function unsettled({ allocator, slabs }: Batches): SlabId[] {
  const found: SlabId[] = []
  allocator.memory.forEachUsed((slab) => {
    const state = slabs.state(slab)
    if (state === SlabState.Sealed || state === SlabState.InFlight) found.push(slab)
  })
  return found
}
