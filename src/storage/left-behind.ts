import { Custody, generationOf, isKnown } from '../arena/custody.js'
import { SlabState } from '../arena/layout.js'
import type { JobChange } from '../queue/job-store.js'
import type { WantedSlab } from './pending-group.js'
import type { ShardSide } from './shard-side.js'

/** What a shard that has ended had no time to hand over. */
export interface LeftBehind {
  /** Jobs that have settled, which the store would otherwise deliver again. */
  readonly done: readonly JobChange[]
  /** Dead letters that the store may have as jobs. */
  readonly letters: readonly WantedSlab[]
}

/** Reads the arena of a shard whose thread runs no more, and wants its dead letters. All of it may have been handed over. */
export function leftBehind(side: ShardSide): LeftBehind {
  const { custody, slabs } = side
  const done: JobChange[] = []
  const letters: WantedSlab[] = []
  side.forEachUsed((slab) => {
    const state = slabs.state(slab)
    const word = custody.load(slab)
    const generation = generationOf(word)
    if (state === SlabState.Settled && isKnown(word)) done.push({ kind: 'done', id: side.idOf(slab) })
    if (state !== SlabState.Dead) return
    custody.exchange(slab, generation, Custody.None, Custody.Wanted)
    custody.exchange(slab, generation, Custody.Stored, Custody.Wanted)
    letters.push({ side, slab, generation })
  })
  return { done, letters }
}
