import type { SlabId } from '../arena/arena-memory.js'
import type { Batches } from '../arena/batches.js'
import { SlabState } from '../arena/layout.js'
import type { Deliver } from '../deliver/deliver.js'
import type { Gather } from '../gather/gather.js'
import { monotonicNow as now } from '../time/clocks.js'

/** What a flush needs of the shard. */
export interface FlushHost {
  readonly batches: Batches
  readonly gather: Pick<Gather, 'apps' | 'actors' | 'reserve' | 'releases'>
  readonly deliver: Pick<Deliver, 'deadLetters' | 'flushes' | 'durable'>
}

/** Does what `flushNow` does, once what is set aside now has been told. */
export function flushAll(host: FlushHost, done: () => void): void {
  // What is sealed leaves and makes room for what is set aside.
  if ([...host.gather.reserve.apps].length > 0) flushNow(host, () => undefined)
  afterReserve(host, () => flushNow(host, done))
}

/** Calls `next` when what is set aside now has been told: at once where nothing is. */
export function afterReserve({ gather: { reserve } }: Pick<FlushHost, 'gather'>, next: () => void): void {
  const apps = [...reserve.apps]
  let waiting = apps.length
  if (waiting === 0) next()
  const turn = (): boolean => {
    waiting -= 1
    if (waiting === 0) next()
    return true
  }
  for (const app of apps) reserve.defer(app, turn)
}

/**
 * Seals everything that has been consumed and calls `done` when it is delivered or a dead letter. Where the arena has no room to seal
 * something, that comes when batches have settled or a dead letter has gone.
 */
export function flushNow(host: FlushHost, done: () => void): void {
  const { deadLetters, flushes, durable } = host.deliver
  const { apps, actors } = host.gather
  const nowMs = now()
  const stalled = apps.actors().filter(({ app }) => actors.receive(app, { kind: 'flush' }, nowMs) === 'stalled')
  const batches = unsettled(host.batches, durable?.givingBack !== null)
  const mustGoOn = stalled.length > 0 && (batches.length > 0 || deadLetters.evictOldest())
  flushes.add(batches, mustGoOn ? () => flushNow(host, done) : done, durable?.awaited, durable?.nextSeq)
}

/** @param handsOver whether what is on its way to the store is waited for as such */
function unsettled({ allocator, slabs }: Batches, handsOver: boolean): SlabId[] {
  const found: SlabId[] = []
  allocator.memory.forEachUsed((slab) => {
    const state = slabs.state(slab)
    if (state === SlabState.Sealed || state === SlabState.InFlight || (handsOver && state === SlabState.Parked)) {
      found.push(slab)
    }
  })
  return found
}
