import { StoreHealth } from '../hand-over/layout.js'
import { StoreFullError } from '../queue/errors.js'
import type { JobChange, JobStore } from '../queue/job-store.js'
import { PendingGroup, type TakenSlab } from './pending-group.js'
import type { ShardSide } from './shard-side.js'

/** How one commit ended. */
export type CommitResult =
  /** `isAll`: nothing that was handed over before it is left. */
  | { readonly kind: 'stored'; readonly isAll: boolean }
  /** The store took no jobs, but what settled. */
  | { readonly kind: 'full'; readonly isAll: boolean }
  | { readonly kind: 'failed'; readonly reason: string }

/**
 * Commits what the shards hand over, a group at a time. What is not stored stays in the shards' rings and is read again.
 *
 *     ok    → full  the store refuses jobs: they stay in the arena and are offered again; what settles is still stored
 *           → down  a group could not be stored: it comes again
 *     full  → ok    the jobs that waited were taken
 *     down  → ok    a group was stored
 */
export class Commits {
  health: StoreHealth = StoreHealth.Ok
  /** Batches that stayed in the arena because their endpoint was never named. */
  unnamed = 0
  /** What the store had no room for. */
  #deferred: readonly TakenSlab[] = []
  /** Changes that wait for jobs among `#deferred`. */
  #waiting: readonly JobChange[] = []
  /** Changes that no ring has. */
  #owed: readonly JobChange[] = []

  constructor(
    private readonly store: JobStore,
    private readonly sides: readonly ShardSide[],
  ) {}

  /** Stores a change that no ring has with the next group. */
  owe(change: JobChange): void {
    this.#owed = [...this.#owed, change]
  }

  /** Offers slabs that are wanted though no ring has them. */
  offer(slabs: readonly TakenSlab[]): void {
    this.#deferred = [...this.#deferred, ...slabs]
  }

  /** @param mayOffer whether jobs that found no room may be offered again */
  hasWork(mayOffer: boolean): boolean {
    if (this.#owed.length > 0 || (mayOffer && this.#deferred.length > 0)) return true
    return this.sides.some(({ handOver }) => handOver.backlog > 0)
  }

  async commit(mayOffer: boolean): Promise<CommitResult> {
    const pending = new PendingGroup(this.store)
    const owed = this.#owed
    const offered = mayOffer ? this.#deferred : []
    const kept = mayOffer ? [] : this.#deferred
    this.#collect(pending, offered, owed)
    try {
      if (!pending.isEmpty) await this.store.commit(pending.group)
      pending.stored()
      this.#stored(owed, kept, kept.length === 0 ? [] : this.#waiting)
      return { kind: kept.length === 0 ? 'stored' : 'full', isAll: !pending.isLarge }
    } catch (error) {
      pending.failed()
      if (error instanceof StoreFullError) return this.#commitWithoutJobs(pending, owed, kept)
      return this.#failed(error)
    }
  }

  #collect(pending: PendingGroup, offered: readonly TakenSlab[], owed: readonly JobChange[]): void {
    for (const { side, slab, generation } of offered) pending.slab(side, slab, generation)
    if (offered.length === this.#deferred.length) for (const change of this.#waiting) pending.change(change)
    for (const change of owed) pending.change(change)
    for (const side of this.sides) readRing(side, pending)
    this.unnamed += pending.unnamed
  }

  /** What settles is stored though there is no room for jobs, or the store would stay full for ever. */
  async #commitWithoutJobs(
    pending: PendingGroup,
    owed: readonly JobChange[],
    kept: readonly TakenSlab[],
  ): Promise<CommitResult> {
    const waiting = kept.length === 0 ? pending.changesLeftOut : [...this.#waiting, ...pending.changesLeftOut]
    try {
      await this.store.commit(pending.changesAlone)
    } catch (error) {
      return this.#failed(error)
    }
    this.#stored(owed, [...kept, ...pending.taken], waiting)
    return { kind: 'full', isAll: !pending.isLarge }
  }

  #stored(owed: readonly JobChange[], deferred: readonly TakenSlab[], waiting: readonly JobChange[]): void {
    this.#owed = this.#owed.slice(owed.length)
    this.#deferred = deferred
    this.#waiting = waiting
    for (const side of this.sides) {
      side.handOver.leave()
      if (side.handOver.committed()) side.send({ kind: 'stored' })
    }
    this.#show(deferred.length === 0 ? StoreHealth.Ok : StoreHealth.Full)
  }

  #failed(error: unknown): CommitResult {
    for (const { handOver } of this.sides) handOver.rewind()
    this.#show(StoreHealth.Down)
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) }
  }

  #show(health: StoreHealth): void {
    this.health = health
    for (const side of this.sides) if (side.handOver.showHealth(health)) side.send({ kind: 'stored' })
  }
}

function readRing(side: ShardSide, pending: PendingGroup): void {
  while (!pending.isLarge) {
    const at = side.handOver.next()
    if (at === -1) return
    pending.entry(side, at)
  }
}
