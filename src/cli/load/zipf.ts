import type { Random } from './random.js'

/**
 * Draws ranks by Zipf's law with exponent 1: the first of `count` is drawn twice as often as the second, three times as often
 * as the third, and so on.
 */
export function drawZipf(count: number, draws: number, random: Random): Uint32Array {
  const cumulated = new Float64Array(count)
  let total = 0
  for (let rank = 0; rank < count; rank++) {
    total += 1 / (rank + 1)
    cumulated[rank] = total
  }
  return Uint32Array.from({ length: draws }, () => firstAbove(cumulated, random() * total))
}

function firstAbove(ascending: Float64Array, value: number): number {
  let low = 0
  let high = ascending.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] ?? 0) > value) high = middle
    else low = middle + 1
  }
  return low
}
