import type { SlabId } from '../arena/arena-memory.js'
import type { JobHead } from '../queue/job.js'

/**
 * What an endpoint has in the store alone, as far as its shard knows it. While it has a backlog, new batches queue behind it.
 *
 *     heads  → loading  there is room for their bodies, and the courier will soon need them
 *     asked  → heads    the storage thread has answered
 */
export class Backlog {
  /** Whether there may be parked jobs whose heads are not here. */
  mayHaveMore: boolean
  /** Heads were asked for. */
  isAsked = false
  /** A batch was parked since they were: the answer may not know of it. */
  isAnswerStale = false
  /** Heads are not asked for before this, in ms: the store could not say. */
  askAtMs = 0
  /** Jobs whose bodies were asked for, by the slabs that these go to, in order. */
  readonly loading = new Map<SlabId, JobHead>()
  /** The next jobs, the oldest first. */
  heads: JobHead[] = []
  /** Batches that are on their way to the store. */
  leaving = 0
  /** It is given back to the store: nothing of it comes here any more. */
  isWithdrawn = false
  /** When it is looked at again though nothing happens, in ms: an expired batch, or a body that could not be read. */
  lookAtMs = Number.POSITIVE_INFINITY

  constructor(mayHaveMore: boolean) {
    this.mayHaveMore = mayHaveMore
  }

  get isEmpty(): boolean {
    return this.leaving === 0 && !this.mayHaveOlder
  }

  /** Whether the store may have jobs that are older than what is on its way there. */
  get mayHaveOlder(): boolean {
    return this.mayHaveMore || this.isAsked || this.heads.length > 0 || this.loading.size > 0
  }

  /** Whether the storage thread has still to answer something. */
  get isAnswerDue(): boolean {
    return this.isAsked || this.loading.size > 0
  }

  /** Every job with a lower `seq` is in the arena, settled or given up. */
  get nextSeq(): number {
    const [next = this.heads[0]] = this.loading.values()
    if (next !== undefined) return next.seq
    return this.isEmpty ? Number.POSITIVE_INFINITY : 0
  }
}
