import type { SlabId } from '../arena/arena-memory.js'
import { Custody } from '../arena/custody.js'
import { SlabState } from '../arena/layout.js'
import { EntryKind, EntryWord } from '../hand-over/layout.js'
import { JOB_ID_BYTES, type Job } from '../queue/job.js'
import type { Group, JobChange, JobStore } from '../queue/job-store.js'
import type { ShardSide } from './shard-side.js'

/** One use of a slab that is wanted in the store. */
export interface WantedSlab {
  readonly side: ShardSide
  readonly slab: SlabId
  readonly generation: number
}

/** Bytes of bodies after which a group is stored without waiting for more. */
const MOST_BYTES = 1024 * 1024

/** What is stored together next: entries of the shards' rings, and what is owed from before. Its slabs are in the thread's custody. */
export class PendingGroup {
  readonly #store: Pick<JobStore, 'claim'>
  readonly #jobs: Job[] = []
  readonly #changes: JobChange[] = []
  /** The deaths of `#jobs`: a store that does not take the jobs does not know them. */
  readonly #deathsOfJobs: JobChange[] = []
  /** The slabs of `#jobs`, in their order. */
  readonly #added: WantedSlab[] = []
  /** Slabs whose jobs the store has already. */
  readonly #known: WantedSlab[] = []
  readonly #nameless: WantedSlab[] = []
  #bytes = 0

  constructor(store: Pick<JobStore, 'claim'>) {
    this.#store = store
  }

  get group(): Group {
    return { jobs: this.#jobs, changes: [...this.#changes, ...this.#deathsOfJobs] }
  }

  /** What can be stored though there is no room for the jobs. */
  get groupWithoutJobs(): Group {
    return { jobs: [], changes: this.#changes }
  }

  get isEmpty(): boolean {
    return [this.#jobs, this.#changes, this.#known].every(({ length }) => length === 0)
  }

  get isLarge(): boolean {
    return this.#bytes >= MOST_BYTES
  }

  /** The slabs of its jobs. */
  get added(): readonly WantedSlab[] {
    return this.#added
  }

  /** Slabs of endpoints that their shard has not named: it has, or will, by a message that is under way. */
  get nameless(): readonly WantedSlab[] {
    return this.#nameless
  }

  change(change: JobChange): void {
    this.#changes.push(change)
  }

  /** Takes the entry at this word of the shard's ring. */
  entry(side: ShardSide, at: number): void {
    const { words, doubles, bytes } = side.handOver.memory
    const kind = words[at + EntryWord.Kind]
    const id = bytes.subarray((at + EntryWord.Id) * 4, (at + EntryWord.Id) * 4 + JOB_ID_BYTES)
    switch (kind) {
      case EntryKind.Store:
      case EntryKind.Dead:
        this.slab({
          side,
          slab: (words[at + EntryWord.Slab] ?? 0) as SlabId,
          generation: words[at + EntryWord.Generation] ?? 0,
        })
        break
      case EntryKind.Done:
        side.settled(id)
        this.#changes.push({ kind: 'done', id })
        break
      case EntryKind.Release:
        side.settled(id)
        this.#changes.push({ kind: 'release', id })
        break
      case EntryKind.State: {
        const state = {
          attempts: words[at + EntryWord.Attempts] ?? 0,
          status: words[at + EntryWord.Status] ?? 0,
          spentMs: doubles[(at + EntryWord.SpentMs) >>> 1] ?? 0,
          nextAt: doubles[(at + EntryWord.NextAt) >>> 1] ?? 0,
        }
        this.#changes.push({ kind: 'state', id, state })
        break
      }
      default:
        throw new Error(`an entry of shard ${side.shard} has the unknown kind ${kind}`)
    }
  }

  /** Takes custody of a slab, unless it is not wanted any more. */
  slab(wanted: WantedSlab): void {
    const { side, slab, generation } = wanted
    const { custody, slabs } = side
    if (!custody.exchange(slab, generation, Custody.Wanted, Custody.Taken)) return
    const id = side.idOf(slab)
    const isDead = slabs.state(slab) === SlabState.Dead
    const isKnown = this.#store.claim(id)
    const target = side.target(slabs.endpoint(slab))
    if (isKnown) this.#known.push(wanted)
    else if (target === undefined) {
      custody.exchange(slab, generation, Custody.Taken, Custody.Wanted)
      this.#nameless.push(wanted)
      return
    } else {
      const job = side.job(slab, target)
      this.#jobs.push(job)
      this.#added.push(wanted)
      this.#bytes += job.head.bodyBytes
    }
    if (isDead) (isKnown ? this.#changes : this.#deathsOfJobs).push({ kind: 'dead', id, death: side.death(slab) })
  }

  /** Everything in it is stored. */
  stored(): void {
    give([...this.#added, ...this.#known], Custody.Stored)
  }

  /** Everything but its jobs is stored, and those are wanted again. */
  storedWithoutJobs(): void {
    give(this.#known, Custody.Stored)
    give(this.#added, Custody.Wanted)
  }

  /** What it holds is wanted again, though it may be stored: what settles now must be said to be done. */
  failed(): void {
    for (const { side, slab, generation } of [...this.#added, ...this.#known]) side.custody.unsure(slab, generation)
  }
}

function give(slabs: readonly WantedSlab[], to: Custody): void {
  for (const { side, slab, generation } of slabs) side.custody.exchange(slab, generation, Custody.Taken, to)
}
