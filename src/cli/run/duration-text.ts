import { InvalidArgumentError } from 'commander'

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const FORM = /^(?<number>\d{1,9}(?:\.\d{1,3})?)(?<unit>ms|s|m|h)$/

/** Parses a length of time such as `30s`, or `unlimited`. @returns ms, or Infinity @throws InvalidArgumentError */
export function parseDuration(text: string): number {
  if (text === 'unlimited') return Number.POSITIVE_INFINITY
  const { number, unit } = FORM.exec(text)?.groups ?? {}
  const unitMs = UNITS_MS[unit ?? '']
  if (unitMs !== undefined) return Number(number) * unitMs
  throw new InvalidArgumentError('Expected a duration such as 500ms, 30s, 5m or 1h, or "unlimited".')
}
