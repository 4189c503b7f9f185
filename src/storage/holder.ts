import type { JobTarget } from '../queue/job.js'
import type { DropHow, JobHolder, StoreLoss } from '../queue/job-store.js'
import { monotonicNow, numberOf, unixNow } from '../time/clocks.js'
import type { ShardSide } from './shard-side.js'

/** How far the wall clock may be off what the monotonic one says before attempts stop, in ms. */
const CLOCKS_APART_MS = 1000

export interface HolderHost {
  /** There are parked jobs of these endpoints, which no shard has named. */
  unplaced(targets: readonly JobTarget[]): void
  lost(loss: StoreLoss): void
  /** Resolves when what the shards have handed over by now is stored, or cannot be at present. */
  barrier(): Promise<unknown>
}

/** A drop that a shard has not answered. */
interface Drop {
  readonly ticket: number
  readonly isMeant: ((target: JobTarget) => boolean) | null
  readonly how: DropHow
  readonly waitingFor: Set<ShardSide>
  readonly done: () => void
}

/** The arenas of all shards, for a store that batches are handed over to. */
export class Holder implements JobHolder {
  readonly #sides: readonly ShardSide[]
  readonly #host: HolderHost
  #drops: readonly Drop[] = []
  #tickets = 0
  #isEnded = false

  constructor(sides: readonly ShardSide[], host: HolderHost) {
    this.#sides = sides
    this.#host = host
  }

  parked(targets: readonly JobTarget[]): void {
    const placed = new Set<JobTarget>()
    for (const side of this.#sides) {
      const endpoints = targets.flatMap((target) => {
        const endpoint = side.endpointOf(target)
        if (endpoint !== undefined) placed.add(target)
        return endpoint ?? []
      })
      if (endpoints.length > 0) side.send({ kind: 'behind', endpoints })
    }
    const unplaced = targets.filter((target) => !placed.has(target))
    if (unplaced.length > 0) this.#host.unplaced(unplaced)
  }

  /** The shard has no such endpoints, though it had. */
  unplaced(side: ShardSide, endpoints: readonly number[]): void {
    const targets = endpoints.flatMap((endpoint) => side.forget(endpoint) ?? [])
    if (targets.length > 0) this.#host.unplaced(targets)
  }

  async drop(isMeant: ((target: JobTarget) => boolean) | null, how: DropHow): Promise<void> {
    if (this.#isEnded) return
    await new Promise<void>((resolve) => {
      const waitingFor = new Set(this.#sides)
      const drop = { ticket: ++this.#tickets, isMeant, how, waitingFor, done: resolve }
      this.#drops = [...this.#drops, drop]
      for (const side of this.#sides) this.#ask(side, drop)
      this.#endIfDone(drop)
    })
    await this.#host.barrier()
  }

  /** No thread runs any shard any more: nothing is waited for. */
  end(): void {
    this.#isEnded = true
    for (const { done } of this.#drops) done()
    this.#drops = []
  }

  dropped(side: ShardSide, ticket: number): void {
    const drop = this.#drops.find((each) => each.ticket === ticket)
    if (drop === undefined) return
    drop.waitingFor.delete(side)
    this.#endIfDone(drop)
  }

  /** Another thread runs the shard: it is asked what the former one has not answered. */
  attached(side: ShardSide): void {
    for (const drop of this.#drops) {
      if (!drop.waitingFor.has(side)) continue
      this.#ask(side, drop)
      this.#endIfDone(drop)
    }
  }

  lost(loss: StoreLoss): void {
    this.#host.lost(loss)
  }

  mayAttemptUntil(ms: number): void {
    const unixMs = ms - monotonicNow() + numberOf(unixNow()) + CLOCKS_APART_MS
    for (const { handOver } of this.#sides) handOver.mayAttemptUntil(ms, unixMs)
  }

  #ask(side: ShardSide, drop: Drop): void {
    const { ticket, isMeant, how } = drop
    const endpoints = isMeant === null ? null : side.behind(isMeant).map(({ endpoint }) => endpoint)
    const hasSome = endpoints === null ? side.hasReceived() : endpoints.length > 0
    // A shard that no thread runs is asked when one does.
    if (hasSome) side.send({ kind: 'drop', ticket, endpoints, how })
    else drop.waitingFor.delete(side)
  }

  #endIfDone(drop: Drop): void {
    if (drop.waitingFor.size > 0) return
    this.#drops = this.#drops.filter((each) => each !== drop)
    drop.done()
  }
}
