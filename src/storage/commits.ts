import { StoreHealth } from '../hand-over/layout.js'
import { StoreFullError } from '../queue/errors.js'
import type { JobChange, JobStore } from '../queue/job-store.js'
import { PendingGroup, type WantedSlab } from './pending-group.js'
import type { ShardSide } from './shard-side.js'

/** How one commit ended. */
export type CommitResult =
  /** `isAll`: nothing that was handed over before it is left, unless the store is full. */
  | { readonly kind: 'stored'; readonly isAll: boolean }
  /** The store took no jobs, but what settled. */
  | { readonly kind: 'full'; readonly isAll: boolean }
  | { readonly kind: 'failed'; readonly reason: string }

export interface CommitOptions {
  /** Whether jobs that found no room are offered again. */
  readonly mayOffer: boolean
  /** Whether the store is called with nothing to store too: it has work of its own now and then. */
  readonly isTidying: boolean
}

/**
 * Commits what the shards hand over, a group at a time. What is not stored stays in the shards' rings and is read again.
 *
 *     ok    → full  the store refuses jobs: they stay in the arena and are offered again; what settles is still stored
 *           → down  a group could not be stored: it comes again
 *     full  → ok    the store says that it has room. Jobs may be taken before that
 *     down  → ok    the store says that it can be written. A group says nothing: what has settled meanwhile is written nowhere
 */
export class Commits {
  readonly #store: JobStore
  readonly #sides: readonly ShardSide[]
  #health: StoreHealth = StoreHealth.Ok
  /** Slabs that are wanted though no ring has them. */
  #offers: readonly WantedSlab[] = []
  /** Slabs that wait for the name of their endpoint. */
  #nameless: readonly WantedSlab[] = []
  /** Changes that no ring has. */
  #owed: readonly JobChange[] = []

  constructor(store: JobStore, sides: readonly ShardSide[]) {
    this.#store = store
    this.#sides = sides
    // That it could be opened does not say that it can be written, or has room.
    const former = sides.map(({ handOver }) => handOver.health).find((health) => health !== StoreHealth.Ok)
    this.#show(former ?? StoreHealth.Ok)
  }

  get health(): StoreHealth {
    return this.#health
  }

  /** Batches that are not stored because their endpoint was not named yet. */
  get unnamed(): number {
    return this.#nameless.length
  }

  /** Stores a change that no ring has with the next group. */
  owe(change: JobChange): void {
    this.#owed = [...this.#owed, change]
  }

  /** Offers slabs that are wanted though no ring has them. */
  offer(slabs: readonly WantedSlab[]): void {
    this.#offers = [...this.#offers, ...slabs]
  }

  /** A shard has named an endpoint: batches may have waited for that. */
  named(): void {
    const isNamed = ({ side, slab }: WantedSlab) => side.target(side.slabs.endpoint(slab)) !== undefined
    this.offer(this.#nameless.filter(isNamed))
    this.#nameless = this.#nameless.filter((wanted) => !isNamed(wanted))
  }

  /** @param mayOffer see `CommitOptions` */
  hasWork(mayOffer: boolean): boolean {
    if (this.#owed.length > 0 || (mayOffer && this.#offers.length > 0)) return true
    return this.#sides.some(({ handOver }) => handOver.backlog > 0)
  }

  async commit({ mayOffer, isTidying }: CommitOptions): Promise<CommitResult> {
    const pending = new PendingGroup(this.#store)
    let isStillFull = false
    try {
      isStillFull = await this.#isStillFull(mayOffer)
    } catch (error) {
      return this.#failed(pending, error)
    }
    const owed = this.#owed
    const offered = mayOffer ? this.#offers : []
    for (const wanted of offered) pending.slab(wanted)
    for (const change of owed) pending.change(change)
    for (const side of this.#sides) readRing(side, pending)
    try {
      const isRefused = (isTidying || !pending.isEmpty) && !(await this.#commit(pending))
      this.#owed = this.#owed.slice(owed.length)
      // What was offered meanwhile stays.
      this.#offers = this.#offers.slice(offered.length)
      return this.#committed(pending, isRefused, isRefused || isStillFull)
    } catch (error) {
      return this.#failed(pending, error)
    }
  }

  #committed(pending: PendingGroup, isRefused: boolean, isFull: boolean): CommitResult {
    if (isRefused) this.offer(pending.added)
    this.#nameless = [...this.#nameless, ...pending.nameless]
    this.named()
    for (const side of this.#sides) {
      side.handOver.leave()
      if (side.handOver.committed()) side.send({ kind: 'stored' })
    }
    this.#show(isFull ? StoreHealth.Full : StoreHealth.Ok)
    return { kind: isFull ? 'full' : 'stored', isAll: !pending.isLarge }
  }

  #failed(pending: PendingGroup, error: unknown): CommitResult {
    pending.failed()
    for (const { handOver } of this.#sides) handOver.rewind()
    this.#show(StoreHealth.Down)
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) }
  }

  /** Asks a store that took nothing. @throws what it says when it cannot be written */
  async #isStillFull(mayOffer: boolean): Promise<boolean> {
    if (this.#health === StoreHealth.Ok) return false
    if (this.#health === StoreHealth.Full && !(mayOffer && this.#store.hasRoomAgain())) return true
    try {
      await this.#store.probe()
      return false
    } catch (error) {
      if (error instanceof StoreFullError) return true
      throw error
    }
  }

  /** @returns false when the jobs found no room. What settles is stored all the same, or the store would stay full for ever */
  async #commit(pending: PendingGroup): Promise<boolean> {
    try {
      await this.#store.commit(pending.group)
    } catch (error) {
      if (!(error instanceof StoreFullError) || pending.added.length === 0) throw error
      // While the slabs are in custody: the changes point into them.
      await this.#store.commit(pending.groupWithoutJobs)
      pending.storedWithoutJobs()
      return false
    }
    pending.stored()
    return true
  }

  #show(health: StoreHealth): void {
    this.#health = health
    for (const side of this.#sides) if (side.handOver.showHealth(health)) side.send({ kind: 'stored' })
  }
}

function readRing(side: ShardSide, pending: PendingGroup): void {
  while (!pending.isLarge) {
    const at = side.handOver.next()
    if (at === -1) return
    pending.entry(side, at)
  }
}
