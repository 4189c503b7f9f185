import type { SlabId } from '../arena/arena-memory.js'
import { encodeHeads } from '../hand-over/head-block.js'
import type { EndpointNumber } from '../indexes.js'
import type { JobHead, Pause } from '../queue/job.js'
import type { HandedOver, JobChange, JobStore, OpenStore } from '../queue/job-store.js'
import { holdSlabs } from './adopt.js'
import type { LoadOutcome, StorageCall } from './messages.js'
import type { ShardSide } from './shard-side.js'

/** What requests need from the loop. */
export interface RequestHost {
  /** Looks at the rings at once. */
  ring(): void
  /** Resolves when what is handed over or owed by now is stored, or cannot be at present. @returns whether it is stored */
  barrier(): Promise<boolean>
  /** See `JobHolder`. */
  dropped(side: ShardSide, ticket: number): void
  unplaced(side: ShardSide, endpoints: readonly EndpointNumber[]): void
  /** A shard has named an endpoint. */
  named(): void
  owe(change: JobChange): void
  /** The store could not be read. */
  unreadable(error: unknown): void
}

/** Answers what the shards ask by message: parked jobs, and their bodies. */
export class Requests {
  readonly #store: JobStore
  readonly #handedOver: HandedOver | null
  readonly #host: RequestHost

  constructor({ jobs, handedOver }: Pick<OpenStore, 'jobs' | 'handedOver'>, host: RequestHost) {
    this.#store = jobs
    this.#handedOver = handedOver ?? null
    this.#host = host
  }

  receive(side: ShardSide, call: StorageCall): void {
    if (call === null) this.#host.ring()
    else if (call.kind === 'target') this.#host.named()
    else if (call.kind === 'take') void this.#take(side, call.endpoint, call.limit)
    else if (call.kind === 'load') void this.#load(side, call.slabs)
    else if (call.kind === 'bury') this.#owe(side, { kind: 'dead', id: call.id, death: call.death })
    else if (call.kind === 'pause') this.#pause(side, call.endpoint, call.pause)
    else if (call.kind === 'dropped') this.#host.dropped(side, call.ticket)
    else if (call.kind === 'unplaced') this.#host.unplaced(side, call.endpoints)
    else if (call.kind === 'put-back') for (const id of call.ids) this.#owe(side, { kind: 'release', id })
  }

  #pause(side: ShardSide, endpoint: EndpointNumber, pause: Pause): void {
    const target = side.target(endpoint)
    if (target !== undefined) this.#handedOver?.pause(target, pause)
  }

  #owe(side: ShardSide, change: JobChange): void {
    side.settled(change.id)
    this.#host.owe(change)
    this.#host.ring()
  }

  async #take(side: ShardSide, endpoint: EndpointNumber, limit: number): Promise<void> {
    const heads = await this.#heads(side, endpoint, limit)
    for (const { id } of heads ?? []) side.took(Uint8Array.from(id))
    const block = encodeHeads(heads ?? [])
    const target = side.target(endpoint)
    const pause = target === undefined ? null : (this.#handedOver?.pauseOf(target) ?? null)
    const hasMore = heads === null || heads.length === limit
    side.send({ kind: 'taken', endpoint, heads: block, hasMore, pause }, [block])
  }

  /** @returns null when the store cannot say at present */
  async #heads(side: ShardSide, endpoint: EndpointNumber, limit: number): Promise<readonly JobHead[] | null> {
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

  async #load(side: ShardSide, slabs: readonly SlabId[]): Promise<void> {
    const { connections } = side
    const outcomes = await Promise.all(slabs.map((slab) => this.#read(side, slab)))
    // Another thread has not asked for this, and may have the same slabs for other bodies.
    if (side.connections === connections) side.send({ kind: 'loaded', slabs, outcomes })
  }

  async #read(side: ShardSide, slab: SlabId): Promise<LoadOutcome> {
    const landing = side.landing(slab)
    const body = Buffer.allocUnsafe(side.bodyOf(slab).byteLength)
    try {
      const outcome = await this.#store.read(Uint8Array.from(side.idOf(slab)), body)
      return outcome === 'read' && !side.land(landing, body) ? 'gone' : outcome
    } catch (error) {
      this.#host.unreadable(error)
      return 'failed'
    }
  }
}
