/** A sample's middle, and how far it spreads. */
export interface Summary {
  readonly median: number
  /** The first and the third quartile. */
  readonly low: number
  readonly high: number
  readonly count: number
}

/** NaN all through when there is no sample. */
export function summarise(samples: readonly number[]): Summary {
  return {
    median: quantile(samples, 0.5),
    low: quantile(samples, 0.25),
    high: quantile(samples, 0.75),
    count: samples.length,
  }
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5)
}

/** Linear between the two samples beside it. @param share 0 to 1 */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * share
  const below = sorted[Math.floor(at)] ?? Number.NaN
  const above = sorted[Math.ceil(at)] ?? Number.NaN
  return below + (above - below) * (at - Math.floor(at))
}

/**
 * What one comes to when it is divided by the other, sample by sample: what slows the machine down for a while strikes both of a pair. Where
 * they are no pairs, because a turn failed or one has more samples a turn, it is the ratio of the medians.
 */
export function ratios(ones: readonly number[], others: readonly number[]): readonly number[] {
  if (ones.length !== others.length) return [median(ones) / median(others)]
  return ones.map((value, index) => value / (others[index] ?? Number.NaN))
}
