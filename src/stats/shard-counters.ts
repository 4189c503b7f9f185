import { LATENCY_AT, LATENCY_BOUNDS_MS, LATENCY_SUM_AT, SIZE_CLASSES_AT } from './layout.js'

/** What is used of one size class of the arena. */
export interface SlabUsage {
  /** Bytes of a slab of this class. */
  readonly slabBytes: number
  /** Slabs that hold a batch. */
  readonly used: number
  /** Slabs that hold none. */
  readonly free: number
}

/** What is used of an arena: three figures of each size class, in the same order. */
export interface ArenaUsage {
  /** Bytes of a slab. */
  readonly sizes: readonly number[]
  readonly usedByClass: readonly number[]
  readonly freeByClass: readonly number[]
}

/** The writing side of a shard's block: one thread. */
export class ShardCounters {
  readonly #block: Float64Array

  constructor(shared: SharedArrayBuffer) {
    this.#block = new Float64Array(shared)
  }

  /** @param at one of `Counter` */
  get(at: number): number {
    return this.#block[at] ?? 0
  }

  /** @param at one of `Counter` */
  add(at: number, amount: number): void {
    this.#block[at] = (this.#block[at] ?? 0) + amount
  }

  /** @param at one of `Counter` */
  set(at: number, value: number): void {
    this.#block[at] = value
  }

  /** Counts `events` that took `ms` from emit to acknowledgement. */
  latency(ms: number, events: number): void {
    let bucket = 0
    while (bucket < LATENCY_BOUNDS_MS.length && ms > (LATENCY_BOUNDS_MS[bucket] ?? 0)) bucket += 1
    this.#block[LATENCY_AT + bucket] = (this.#block[LATENCY_AT + bucket] ?? 0) + events
    this.#block[LATENCY_SUM_AT] = (this.#block[LATENCY_SUM_AT] ?? 0) + ms * events
  }

  /** Called at every turn of the shard's loop, so it allocates nothing. */
  slabs({ sizes, usedByClass, freeByClass }: ArenaUsage): void {
    for (let sizeClass = 0; sizeClass < sizes.length; sizeClass++) {
      const at = SIZE_CLASSES_AT + sizeClass * 3
      this.#block[at] = sizes[sizeClass] ?? 0
      this.#block[at + 1] = usedByClass[sizeClass] ?? 0
      this.#block[at + 2] = freeByClass[sizeClass] ?? 0
    }
  }
}
