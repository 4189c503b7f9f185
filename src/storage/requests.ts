import type { SlabId } from '../arena/arena-memory.js'
import type { JobHead } from '../queue/job.js'
import type { JobChange, JobStore } from '../queue/job-store.js'
import { holdSlabs } from './adopt.js'
import type { LoadOutcome, LoadRequest, StorageCall } from './messages.js'
import type { ShardSide } from './shard-side.js'

/** What requests need from the loop. */
export interface RequestHost {
  /** Looks at the rings at once. */
  ring(): void
  /** Resolves when what is handed over or owed by now is stored, or cannot be at present. @returns whether it is stored */
  barrier(): Promise<boolean>
  /** A shard has named an endpoint. */
  named(): void
  owe(change: JobChange): void
  /** The store could not be read. */
  unreadable(error: unknown): void
}

/** Answers what the shards ask by message: parked jobs, and their bodies. */
export class Requests {
  readonly #store: JobStore
  readonly #host: RequestHost

  constructor(store: JobStore, host: RequestHost) {
    this.#store = store
    this.#host = host
  }

  receive(side: ShardSide, call: StorageCall): void {
    if (call === null) this.#host.ring()
    else if (call.kind === 'target') this.#host.named()
    else if (call.kind === 'take') void this.#take(side, call.endpoint, call.limit)
    else if (call.kind === 'load') void this.#load(side, call.jobs)
    else if (call.kind === 'bury') this.#owe(side, { kind: 'dead', id: call.id, death: call.death })
    else if (call.kind === 'put-back') for (const id of call.ids) this.#owe(side, { kind: 'release', id })
  }

  #owe(side: ShardSide, change: JobChange): void {
    side.settled(change.id)
    this.#host.owe(change)
    this.#host.ring()
  }

  async #take(side: ShardSide, endpoint: number, limit: number): Promise<void> {
    const heads = await this.#heads(side, endpoint, limit)
    for (const { id } of heads ?? []) side.took(Uint8Array.from(id))
    side.send({ kind: 'taken', endpoint, heads: heads ?? [], hasMore: heads === null || heads.length === limit })
  }

  /** @returns null when the store cannot say at present */
  async #heads(side: ShardSide, endpoint: number, limit: number): Promise<readonly JobHead[] | null> {
    // What the rings say of parked jobs comes first: a job that is done must not be taken.
    if (!(await this.#host.barrier())) return null
    if (!side.hasAsked) {
      side.hasAsked = true
      // What a former storage thread had loaded for it may have come into use since this one looked.
      holdSlabs(side, this.#store)
    }
    const target = side.target(endpoint)
    if (target === undefined) return []
    try {
      return await this.#store.take(target, limit)
    } catch (error) {
      this.#host.unreadable(error)
      return null
    }
  }

  async #load(side: ShardSide, jobs: readonly LoadRequest[]): Promise<void> {
    const loaded: { slab: number; outcome: LoadOutcome }[] = []
    for (const { id, slab, bytes } of jobs) {
      const outcome = await this.#read(id, side.bodyOf(slab as SlabId, bytes))
      loaded.push({ slab, outcome })
    }
    side.send({ kind: 'loaded', jobs: loaded })
  }

  async #read(id: Uint8Array, into: Uint8Array): Promise<LoadOutcome> {
    try {
      return await this.#store.read(id, into)
    } catch (error) {
      this.#host.unreadable(error)
      return 'failed'
    }
  }
}
