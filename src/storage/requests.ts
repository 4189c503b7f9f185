import type { SlabId } from '../arena/arena-memory.js'
import type { JobChange, JobStore } from '../queue/job-store.js'
import type { LoadOutcome, LoadRequest, StorageCall } from './messages.js'
import type { ShardSide } from './shard-side.js'

/** What requests need from the loop. */
export interface RequestHost {
  /** Looks at the rings at once. */
  ring(): void
  /** Resolves when what is handed over or owed by now is stored, or cannot be at present. */
  barrier(): Promise<void>
  owe(change: JobChange): void
  /** The store could not be read. */
  unreadable(error: unknown): void
}

/** Answers what the shards ask by message: parked jobs, and their bodies. */
export class Requests {
  constructor(
    private readonly store: JobStore,
    private readonly host: RequestHost,
  ) {}

  receive(side: ShardSide, call: StorageCall): void {
    if (call === null) this.host.ring()
    else if (call.kind === 'take') void this.#take(side, call.endpoint, call.limit)
    else if (call.kind === 'load') void this.#load(side, call.jobs)
    else if (call.kind === 'bury') this.#owe(side, { kind: 'dead', id: call.id, death: call.death })
    else if (call.kind === 'put-back') for (const id of call.ids) this.#owe(side, { kind: 'release', id })
  }

  #owe(side: ShardSide, change: JobChange): void {
    side.settled(change.id)
    this.host.owe(change)
    this.host.ring()
  }

  async #take(side: ShardSide, endpoint: number, limit: number): Promise<void> {
    // What the rings say of parked jobs comes first.
    await this.host.barrier()
    const target = side.target(endpoint)
    const heads = target === undefined ? [] : await this.#heads(target, limit)
    for (const { id } of heads) side.took(Uint8Array.from(id))
    side.send({ kind: 'taken', endpoint, heads, hasMore: heads.length === limit })
  }

  async #heads(...[target, limit]: Parameters<JobStore['take']>): ReturnType<JobStore['take']> {
    try {
      return await this.store.take(target, limit)
    } catch (error) {
      this.host.unreadable(error)
      return []
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
      return await this.store.read(id, into)
    } catch (error) {
      this.host.unreadable(error)
      return 'failed'
    }
  }
}
