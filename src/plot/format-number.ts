const PREFIXES: readonly (readonly [size: number, symbol: string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
]

/** A number in as few characters as tell it from its neighbours on an axis: 250, 1.5k, 20M, 0.05. */
export function formatNumber(value: number): string {
  const size = Math.abs(value)
  if (!Number.isFinite(value)) return String(value)
  if (size >= 1e15 || (size < 1e-4 && size > 0)) return value.toExponential(1).replace('.0e', 'e').replace('e+', 'e')
  const [unit, symbol] = PREFIXES.find(([atLeast]) => size >= atLeast) ?? [1, '']
  return `${Number((value / unit).toPrecision(4))}${symbol}`
}
