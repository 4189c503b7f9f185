import { summarise } from '../measure/statistics.js'

/** A number as a person reads it: three significant digits at least, no more than one place after the point from ten on. */
export function shown(value: number): string {
  const size = Math.abs(value)
  return value.toLocaleString('en', { maximumFractionDigits: size < 10 ? 2 : size < 100 ? 1 : 0 })
}

/** The quartiles and the number of samples; nothing for a single sample. */
export function spread(samples: readonly number[]): string {
  const { low, high, count } = summarise(samples)
  return count < 2 ? '' : ` [${shown(low)}–${shown(high)}, ${count}]`
}
