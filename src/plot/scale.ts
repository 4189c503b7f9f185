/** From values to places on an axis. */
export interface Scale {
  /** The values to write at the axis, ascending; the first and the last are its ends. */
  readonly ticks: readonly number[]
  /** Whether the value has a place: zero has none on a logarithmic axis. */
  has(value: number): boolean
  /** 0 at the start of the axis, 1 at its end. */
  at(value: number): number
}

export type ScaleName = 'linear' | 'log'

export interface ScaleOptions {
  /** About how many ticks there is room for. */
  readonly ticks: number
  /** A linear axis begins at zero, so that lengths compare as values do. */
  readonly fromZero: boolean
}

/** An axis from nice number to nice number around all the values that it has a place for. */
export function createScale(name: ScaleName, values: Iterable<number>, options: ScaleOptions): Scale {
  const has = name === 'log' ? isPositive : Number.isFinite
  const range = rangeOf(values, has)
  const ticks = name === 'log' ? logTicks(range, options.ticks) : linearTicks(range, options)
  const position = name === 'log' ? Math.log10 : (value: number) => value
  const start = position(ticks[0] ?? 0)
  const length = position(ticks.at(-1) ?? 1) - start
  return { ticks, has, at: (value) => (position(value) - start) / length }
}

interface Range {
  readonly least: number
  readonly most: number
}

function isPositive(value: number): boolean {
  return Number.isFinite(value) && value > 0
}

/** null: there is no value. */
function rangeOf(values: Iterable<number>, has: (value: number) => boolean): Range | null {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (!has(value)) continue
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  return least <= most ? { least, most } : null
}

/** Multiples of 1, 2 or 5 times a power of ten. */
function linearTicks(range: Range | null, { ticks, fromZero }: ScaleOptions): number[] {
  const { least, most } = widened(range ?? { least: 0, most: 1 }, fromZero)
  // Divided before it is subtracted, since the difference of two large doubles may be infinite.
  const step = niceStep(most / ticks - least / ticks)
  const first = Math.floor(least / step)
  const count = Math.max(Math.ceil(most / step) - first, 1)
  return Array.from({ length: count + 1 }, (_, index) => rounded((first + index) * step, step))
}

/** Values below this are zero on an axis: their differences are not numbers of full precision any more. */
const SMALLEST = 1e-300
/** A range that is a smaller share of its values is shown as one value: doubles have no ticks between its ends. */
const NARROWEST = 1e-9

function widened({ least, most }: Range, fromZero: boolean): Range {
  const start = fromZero ? Math.min(least, 0) : least
  const end = fromZero ? Math.max(most, 0) : most
  const size = Math.max(Math.abs(start), Math.abs(end))
  if (size < SMALLEST) return { least: 0, most: 1 }
  if (end - start > size * NARROWEST) return { least: start, most: end }
  return { least: start - Math.abs(start) / 2, most: end + Math.abs(end) / 2 }
}

function niceStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast))
  const digit = [1, 2, 5].find((candidate) => candidate * power >= atLeast) ?? 10
  return digit * power
}

/** 3 × 0.1 is 0.3 on an axis. */
function rounded(value: number, step: number): number {
  const decimals = Math.max(-Math.floor(Math.log10(step)), 0)
  return decimals > 100 ? value : Number(value.toFixed(decimals))
}

/** Powers of ten; 1, 2, 5 times these when there are few; every so manieth when there are many. */
function logTicks(range: Range | null, ticks: number): number[] {
  const { least, most } = range ?? { least: 1, most: 10 }
  const first = Math.floor(Math.log10(least))
  const last = Math.max(Math.ceil(Math.log10(most)), first + 1)
  const decades = last - first
  if (decades * 3 <= ticks) return trimmed(fine(first, last), least, most)
  const step = Math.ceil(decades / ticks)
  const count = Math.ceil(decades / step)
  return Array.from({ length: count + 1 }, (_, index) => powerOfTen(first + index * step))
}

function fine(first: number, last: number): number[] {
  const powers = Array.from({ length: last - first }, (_, index) => first + index)
  return [...powers.flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`))), powerOfTen(last)]
}

/** Leaves out the ticks beyond the last one that is needed at either end. */
function trimmed(ticks: readonly number[], least: number, most: number): number[] {
  const start = Math.max(
    ticks.findLastIndex((tick) => tick <= least),
    0,
  )
  const end = ticks.findIndex((tick) => tick >= most)
  return ticks.slice(Math.min(start, ticks.length - 2), Math.max(end === -1 ? ticks.length : end + 1, start + 2))
}

/** `10 ** -3` is not 0.001. */
function powerOfTen(exponent: number): number {
  return Math.min(Number(`1e${exponent}`), Number.MAX_VALUE)
}
