import type { SlabId } from '../arena/arena-memory.js'
import { SlabSet } from '../arena/slab-set.js'
import type { EndpointNumber } from '../indexes.js'

interface Flush {
  readonly waitingFor: SlabSet
  /** Endpoints, by number, that have batches in the store alone which the flush waits for. */
  readonly parked: Set<EndpointNumber>
  /** Batches of those with this `seq` or a higher one came later. */
  readonly beforeSeq: number
  readonly done: () => void
}

/** The callers of `flush` that wait for batches to settle. Costs nothing while nobody waits. */
export class Flushes {
  readonly #waiting = new Set<Flush>()

  readonly #arenaBytes: number

  constructor(arenaBytes: number) {
    this.#arenaBytes = arenaBytes
  }

  /**
   * Calls `done` when all these batches have settled, and those of these endpoints that are in the store alone.
   * @param beforeSeq see `Flush`
   */
  add(batches: Iterable<SlabId>, done: () => void, parked: Iterable<EndpointNumber> = [], beforeSeq = 0): void {
    const flush = { waitingFor: new SlabSet(this.#arenaBytes, batches), parked: new Set(parked), beforeSeq, done }
    this.#waiting.add(flush)
    this.#end(flush)
  }

  /** A batch has become several: whoever waits for it waits for them. */
  split(slab: SlabId, parts: readonly SlabId[]): void {
    for (const { waitingFor } of this.#waiting) {
      if (!waitingFor.delete(slab)) continue
      for (const part of parts) waitingFor.add(part)
    }
  }

  settled(slab: SlabId): void {
    for (const flush of this.#waiting) if (flush.waitingFor.delete(slab)) this.#end(flush)
  }

  /** A batch goes on in the store alone. */
  parked(slab: SlabId, endpoint: EndpointNumber): void {
    for (const flush of this.#waiting) if (flush.waitingFor.delete(slab)) flush.parked.add(endpoint)
  }

  /** A batch has come back from the store. */
  loaded(slab: SlabId, endpoint: EndpointNumber, seq: number): void {
    for (const flush of this.#waiting) {
      if (flush.parked.has(endpoint) && seq < flush.beforeSeq) flush.waitingFor.add(slab)
    }
  }

  /** What the endpoint has in the store alone begins with this `seq`; Infinity: it has nothing there. */
  reached(endpoint: EndpointNumber, seq: number): void {
    for (const flush of this.#waiting) {
      if (seq >= flush.beforeSeq && flush.parked.delete(endpoint)) this.#end(flush)
    }
  }

  #end(flush: Flush): void {
    if (flush.waitingFor.size > 0 || flush.parked.size > 0) return
    this.#waiting.delete(flush)
    flush.done()
  }
}
