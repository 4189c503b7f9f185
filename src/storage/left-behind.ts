import type { SlabId } from '../arena/arena-memory.js'
import { Custody, generationOf, isKnown, STATES_TO_STORE } from '../arena/custody.js'
import { SlabState } from '../arena/layout.js'
import type { JobChange } from '../queue/job-store.js'
import type { Commits } from './commits.js'
import type { WantedSlab } from './pending-group.js'
import type { ShardSide } from './shard-side.js'

/**
 * Has stored what shards whose threads run no more have handed over and left behind, as far as the store takes it.
 * @param handsOver see `unstored`
 * @param drained resolves when the store has what it takes of what `commits` has
 */
export async function storeLeftBehind(
  sides: readonly ShardSide[],
  handsOver: boolean,
  commits: Pick<Commits, 'offer' | 'owe'>,
  drained: () => Promise<void>,
): Promise<void> {
  await drained()
  for (const side of sides) commits.offer(unstored(side, handsOver))
  await drained()
  for (const side of sides) for (const change of settled(side)) commits.owe(change)
  await drained()
}

/**
 * What a shard whose thread runs no more had no time to hand over: batches that the store does not have, and dead letters that it may
 * have as jobs. Wants all of them.
 * @param handsOver whether the store is a queue that processes share: it keeps a batch that was split until all parts have settled
 */
export function unstored(side: ShardSide, handsOver: boolean): readonly WantedSlab[] {
  const { custody, slabs } = side
  const wanted: WantedSlab[] = []
  side.forEachUsed((slab) => {
    const state = slabs.state(slab)
    const isDead = state === SlabState.Dead
    if (!STATES_TO_STORE.has(state) || (handsOver && !isDead && slabs.isPart(slab))) return
    const generation = generationOf(custody.load(slab))
    custody.exchange(slab, generation, Custody.None, Custody.Wanted)
    if (isDead) custody.exchange(slab, generation, Custody.Stored, Custody.Wanted)
    if (custody.of(slab) === Custody.Wanted) wanted.push({ side, slab, generation })
  })
  return wanted
}

/**
 * The settled jobs of a shard whose thread runs no more; the store may still have them, and would deliver them again. Call it after the store
 * has taken what it takes of `unstored`: the events of a batch that was split are in its parts, and while the store lacks one of them it has
 * to keep the whole.
 */
export function settled(side: ShardSide): readonly JobChange[] {
  const { custody, slabs } = side
  const over: SlabId[] = []
  const parts: string[] = []
  side.forEachUsed((slab) => {
    const state = slabs.state(slab)
    if (state === SlabState.Settled && isKnown(custody.load(slab))) over.push(slab)
    const isPart = STATES_TO_STORE.has(state) && slabs.isPart(slab)
    if (isPart && custody.of(slab) !== Custody.Stored) parts.push(slabs.deliveryId(slab))
  })
  const isInParts = (slab: SlabId): boolean => {
    const prefix = `${slabs.deliveryId(slab)}.`
    return parts.some((part) => part.startsWith(prefix))
  }
  return over.filter((slab) => !isInParts(slab)).map((slab) => ({ kind: 'done', id: side.idOf(slab) }))
}
