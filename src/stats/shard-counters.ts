import {
  LATENCY_AT,
  LATENCY_BOUNDS_MS,
  LATENCY_SUM_AT,
  SHARD_LAYOUT,
  type ShardMetric,
  SIZE_CLASSES_AT,
} from './layout.js'

/** What is used of one size class of the arena. */
export interface SlabUsage {
  readonly slabBytes: number
  readonly used: number
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
  private readonly block: Float64Array

  constructor(shared: SharedArrayBuffer) {
    this.block = new Float64Array(shared)
  }

  get(metric: ShardMetric): number {
    return this.block[SHARD_LAYOUT.at[metric]] ?? 0
  }

  add(metric: ShardMetric, amount: number): void {
    const index = SHARD_LAYOUT.at[metric]
    this.block[index] = (this.block[index] ?? 0) + amount
  }

  set(metric: ShardMetric, value: number): void {
    this.block[SHARD_LAYOUT.at[metric]] = value
  }

  /** Counts `events` that took `ms` from emit to acknowledgement. */
  latency(ms: number, events: number): void {
    let bucket = 0
    while (bucket < LATENCY_BOUNDS_MS.length && ms > (LATENCY_BOUNDS_MS[bucket] ?? 0)) bucket += 1
    this.block[LATENCY_AT + bucket] = (this.block[LATENCY_AT + bucket] ?? 0) + events
    this.block[LATENCY_SUM_AT] = (this.block[LATENCY_SUM_AT] ?? 0) + ms * events
  }

  /** Called at every turn of the shard's loop, so it allocates nothing. */
  slabs({ sizes, usedByClass, freeByClass }: ArenaUsage): void {
    for (let sizeClass = 0; sizeClass < sizes.length; sizeClass++) {
      const at = SIZE_CLASSES_AT + sizeClass * 3
      this.block[at] = sizes[sizeClass] ?? 0
      this.block[at + 1] = usedByClass[sizeClass] ?? 0
      this.block[at + 2] = freeByClass[sizeClass] ?? 0
    }
  }
}
