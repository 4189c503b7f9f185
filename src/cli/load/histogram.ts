/**
 * Counts of whole numbers in log-linear buckets (Gil Tene's HdrHistogram): exact below 256, from there on a bucket is at most
 * 1/128 of its value wide. Buckets of two histograms are the same, so that they can be added.
 */
const HALF_BITS = 7
const HALF = 2 ** HALF_BITS
/** For numbers up to 2^31 - 1. */
const BUCKETS = (31 - HALF_BITS + 1) * HALF
const MOST = 2 ** 31 - 1

export class Histogram {
  readonly counts: Float64Array
  #total = 0
  #greatest = 0

  constructor() {
    this.counts = new Float64Array(BUCKETS)
  }

  get count(): number {
    return this.#total
  }

  /** Exactly; 0 when there is none. */
  get max(): number {
    return this.#greatest
  }

  /** @param value a whole number; what lies outside of 0 to 2^31 - 1 counts as the nearest of these */
  record(value: number): void {
    const bounded = Math.min(Math.max(value, 0), MOST)
    const bucket = bucketOf(bounded)
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1
    this.#total += 1
    if (bounded > this.#greatest) this.#greatest = bounded
  }

  add({ counts, max }: HistogramCounts): void {
    counts.forEach((count, bucket) => {
      if (count === 0) return
      this.counts[bucket] = (this.counts[bucket] ?? 0) + count
      this.#total += count
    })
    this.#greatest = Math.max(this.#greatest, max)
  }

  /** What was counted since the last call. */
  take(): HistogramCounts {
    const taken = { counts: this.counts.slice(0, bucketOf(this.#greatest) + 1), max: this.#greatest }
    this.counts.fill(0)
    this.#total = 0
    this.#greatest = 0
    return taken
  }

  /**
   * The number that the given share of all does not exceed, as far as its bucket tells.
   * @param share from 0 to 1
   */
  quantile(share: number): number {
    // The share 0.999 of 1000 is the 999th; the rounding of doubles must not make it the 1000th.
    const rank = Math.max(Math.ceil(share * this.#total - 1e-9), 1)
    let seen = 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.counts[bucket] ?? 0
      if (seen >= rank) return Math.min(lastOf(bucket), this.#greatest)
    }
    return this.#greatest
  }
}

/** A histogram on its way from one process to another. */
export interface HistogramCounts {
  readonly counts: Float64Array
  readonly max: number
}

function bucketOf(value: number): number {
  if (value < 2 * HALF) return value
  const shift = 31 - Math.clz32(value) - HALF_BITS
  return shift * HALF + (value >>> shift)
}

/** The greatest number of a bucket. */
function lastOf(bucket: number): number {
  if (bucket < 2 * HALF) return bucket
  const shift = Math.floor(bucket / HALF) - 1
  return (bucket - shift * HALF + 1) * 2 ** shift - 1
}
