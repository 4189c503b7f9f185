import type { SlabId } from '../arena/arena-memory.js'
import { Custody, custodyOf, generationOf, isKnown, STATES_TO_STORE } from '../arena/custody.js'
import { SlabState } from '../arena/layout.js'
import type { JobStore, OpenStore } from '../queue/job-store.js'
import type { WantedSlab } from './pending-group.js'
import type { ShardSide } from './shard-side.js'

const STATES_IN_CUSTODY: ReadonlySet<SlabState> = new Set([...STATES_TO_STORE, SlabState.Settled, SlabState.Left])

/** Has the store hold the jobs that are in the shard's slabs. The shard may be running. */
export function holdSlabs(side: ShardSide, store: Pick<JobStore, 'claim'>): void {
  side.forEachUsed((slab) => {
    if (isInCustody(side, slab)) store.claim(side.idOf(slab))
  })
}

/**
 * Puts right what a former storage thread left in a shard's arena: jobs that are in slabs are held, what it was writing is stored or
 * wanted again, and so is what the store has lost: it may have died while it looked for that. What came from a queue that processes share
 * is not known to a new thread, and not looked for. The shard may be running. @returns what is wanted
 */
export function adopt(
  side: ShardSide,
  { jobs, handedOver }: Pick<OpenStore, 'jobs' | 'handedOver'>,
): readonly WantedSlab[] {
  const { custody, slabs } = side
  const wanted: WantedSlab[] = []
  side.forEachUsed((slab) => {
    if (!isInCustody(side, slab)) return
    const word = custody.load(slab)
    const generation = generationOf(word)
    const isStored = jobs.claim(side.idOf(slab))
    if (custodyOf(word) === Custody.Taken) {
      // A repeat is harmless; that a dead letter is stored as such is not known here.
      if (isStored && slabs.state(slab) !== SlabState.Dead) {
        custody.exchange(slab, generation, Custody.Taken, Custody.Stored)
      } else custody.unsure(slab, generation)
    } else if (!isStored && handedOver === undefined) wantLost(side, slab, generation)
    if (custody.of(slab) === Custody.Wanted) wanted.push({ side, slab, generation })
  })
  return wanted
}

/**
 * Finds the slabs of a shard that count as stored and are not, because the store has lost them. The shard may be running.
 * @returns what is wanted
 */
export function reclaim(side: ShardSide, store: Pick<JobStore, 'claim'>): readonly WantedSlab[] {
  const { custody, slabs } = side
  const wanted: WantedSlab[] = []
  side.forEachUsed((slab) => {
    if (!STATES_TO_STORE.has(slabs.state(slab)) || store.claim(side.idOf(slab))) return
    const generation = generationOf(custody.load(slab))
    if (wantLost(side, slab, generation)) wanted.push({ side, slab, generation })
  })
  return wanted
}

/** Wants a slab again that counts as stored. A batch that settles meanwhile is not wanted, or its end is stored right behind it. */
function wantLost({ custody, slabs }: ShardSide, slab: SlabId, generation: number): boolean {
  if (!STATES_TO_STORE.has(slabs.state(slab))) return false
  if (!custody.exchange(slab, generation, Custody.Stored, Custody.Wanted)) return false
  if (STATES_TO_STORE.has(slabs.state(slab))) return true
  custody.exchange(slab, generation, Custody.Wanted, Custody.None)
  return false
}

/** Whether the store has its job, or may have it, or shall. */
function isInCustody({ custody, slabs }: ShardSide, slab: SlabId): boolean {
  const word = custody.load(slab)
  return STATES_IN_CUSTODY.has(slabs.state(slab)) && (custodyOf(word) !== Custody.None || isKnown(word))
}
