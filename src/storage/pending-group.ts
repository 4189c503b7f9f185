import type { SlabId } from '../arena/arena-memory.js'
import { Custody, generationOf } from '../arena/custody.js'
import { SlabState } from '../arena/layout.js'
import { EntryKind, EntryWord } from '../hand-over/layout.js'
import { JOB_ID_BYTES, type Job } from '../queue/job.js'
import type { Group, JobChange, JobStore } from '../queue/job-store.js'
import type { ShardSide } from './shard-side.js'

/** A slab in the storage thread's custody. */
export interface TakenSlab {
  readonly side: ShardSide
  readonly slab: SlabId
  readonly generation: number
}

/** Bytes of bodies after which a group is stored without waiting for more. */
const MOST_BYTES = 1024 * 1024

/** What is stored together next: entries of the shards' rings, and what is owed from before. */
export class PendingGroup {
  readonly #jobs: Job[] = []
  readonly #changes: JobChange[] = []
  readonly #taken: TakenSlab[] = []
  #bytes = 0
  /** Batches of endpoints that their shard has not named: they stay in the arena. */
  unnamed = 0

  constructor(private readonly store: Pick<JobStore, 'claim'>) {}

  get group(): Group {
    return { jobs: this.#jobs, changes: this.#changes }
  }

  get isEmpty(): boolean {
    return this.#jobs.length === 0 && this.#changes.length === 0
  }

  get isLarge(): boolean {
    return this.#bytes >= MOST_BYTES
  }

  get taken(): readonly TakenSlab[] {
    return this.#taken
  }

  /** The changes that can be stored though there is no room for the jobs. */
  get changesAlone(): Group {
    const jobs = this.#jobs.map(({ head }) => head.id)
    const isStored = ({ id }: JobChange) => !jobs.some((job) => isSameDelivery(job, id))
    return { jobs: [], changes: this.#changes.filter(isStored) }
  }

  /** The changes that `changesAlone` leaves out. */
  get changesLeftOut(): readonly JobChange[] {
    const { changes } = this.changesAlone
    const stored = new Set(changes)
    return this.#changes.filter((change) => !stored.has(change) && change.kind === 'done').map(keptChange)
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
        this.slab(side, (words[at + EntryWord.Slab] ?? 0) as SlabId, words[at + EntryWord.Generation] ?? 0)
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
  slab(side: ShardSide, slab: SlabId, generation: number): void {
    const { custody, slabs } = side
    if (!custody.exchange(slab, generation, Custody.Wanted, Custody.Taken)) return
    const target = side.target(slabs.endpoint(slab))
    if (target === undefined) {
      custody.exchange(slab, generation, Custody.Taken, Custody.Wanted)
      this.unnamed += 1
      return
    }
    this.#taken.push({ side, slab, generation })
    const isDead = slabs.state(slab) === SlabState.Dead
    if (!this.store.claim(side.idOf(slab))) {
      const job = side.job(slab, target)
      this.#jobs.push(job)
      this.#bytes += job.head.bodyBytes
    }
    if (isDead) this.#changes.push({ kind: 'dead', id: side.idOf(slab), death: side.death(slab) })
  }

  /** Everything in it is stored. */
  stored(): void {
    for (const { side, slab, generation } of this.#taken) {
      side.custody.exchange(slab, generation, Custody.Taken, Custody.Stored)
    }
  }

  /** Nothing in it counts as stored: the shards may cancel what they want no longer. */
  failed(): void {
    for (const { side, slab, generation } of this.#taken) {
      side.custody.exchange(slab, generation, Custody.Taken, Custody.Wanted)
    }
  }
}

/** A slab that waits for custody, as its word says now. */
export function wantedSlab(side: ShardSide, slab: SlabId): TakenSlab {
  return { side, slab, generation: generationOf(side.custody.load(slab)) }
}

/** Parts of a batch that was split have the first 16 bytes of its id. */
function isSameDelivery(a: Uint8Array, b: Uint8Array): boolean {
  for (let index = 0; index < 16; index++) if (a[index] !== b[index]) return false
  return true
}

/** A change whose id lies in a ring's entry, which another entry will overwrite. */
function keptChange(change: JobChange): JobChange {
  return { ...change, id: Uint8Array.from(change.id) }
}
