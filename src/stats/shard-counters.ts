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

/** The writing side of a shard's block: one thread. */
export class ShardCounters {
  private readonly block: Float64Array

  constructor(shared: SharedArrayBuffer) {
    this.block = new Float64Array(shared)
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

  slabs(usage: readonly SlabUsage[]): void {
    usage.forEach(({ slabBytes, used, free }, sizeClass) => {
      this.block.set([slabBytes, used, free], SIZE_CLASSES_AT + sizeClass * 3)
    })
  }
}
