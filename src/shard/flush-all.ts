import type { SlabId } from '../arena/arena-memory.js'
import type { Batches } from '../arena/batches.js'
import { SlabState } from '../arena/layout.js'
import type { Deliver } from '../deliver/deliver.js'
import type { Gather } from '../gather/gather.js'
import { monotonicNow as now } from '../time/clocks.js'

/** What a flush needs of the shard. */
export interface FlushHost {
  readonly batches: Batches
  readonly gather: Pick<Gather, 'apps' | 'actors' | 'reserve'>
  readonly deliver: Pick<Deliver, 'deadLetters' | 'flushes'>
}

/** Does what `flushNow` does, once what is set aside now has been told. */
export function flushAll(host: FlushHost, done: () => void): void {
  const apps = [...host.gather.reserve.apps]
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
  for (const app of apps) host.gather.reserve.defer(app, turn)
}

/**
 * Seals everything that has been consumed and calls `done` when it is delivered or a dead letter. Where the arena has no room to seal
 * something, that comes when batches have settled or a dead letter has gone.
 */
export function flushNow(host: FlushHost, done: () => void): void {
  const nowMs = now()
  const { apps, actors } = host.gather
  const { deadLetters, flushes } = host.deliver
  const stalled = apps.actors().filter(({ app }) => actors.receive(app, { kind: 'flush' }, nowMs) === 'stalled')
  const batches = unsettled(host.batches)
  const mustGoOn = stalled.length > 0 && (batches.length > 0 || deadLetters.evictOldest())
  flushes.add(batches, mustGoOn ? () => flushNow(host, done) : done)
}

function unsettled({ allocator, slabs }: Batches): SlabId[] {
  const found: SlabId[] = []
  allocator.memory.forEachUsed((slab) => {
    const state = slabs.state(slab)
    if (state === SlabState.Sealed || state === SlabState.InFlight) found.push(slab)
  })
  return found
}
