import type { Environment } from './environment-values.js'

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g

export interface Interpolated {
  readonly text: string
  /** Variables that were put in, each once. */
  readonly variables: readonly string[]
  /** References that have neither a value nor a default. */
  readonly missing: readonly { readonly name: string; readonly offset: number }[]
  /** Where in the text as it was written the character at this place of the new one came from. */
  originalOffset(offset: number): number
}

interface Shift {
  /** In the new text. */
  readonly start: number
  readonly end: number
  /** In the text as it was written. */
  readonly from: number
  readonly until: number
}

/**
 * Puts variables in place of `${NAME}` and `${NAME:-default}`, once, anywhere in a text, as Sockudo 5 does before it parses a file.
 * An empty variable counts as not set.
 */
export function interpolate(text: string, environment: Environment): Interpolated {
  const variables = new Set<string>()
  const missing: { name: string; offset: number }[] = []
  const shifts: Shift[] = []
  let result = ''
  let copied = 0
  for (const match of text.matchAll(REFERENCE)) {
    const [reference, name = '', fallback] = match
    const value = environment[name]
    if (value) variables.add(name)
    else if (fallback === undefined) missing.push({ name, offset: match.index })
    result += text.slice(copied, match.index)
    const start = result.length
    result += value || (fallback ?? '')
    copied = match.index + reference.length
    shifts.push({ start, end: result.length, from: match.index, until: copied })
  }
  return {
    text: result + text.slice(copied),
    variables: [...variables],
    missing,
    originalOffset: (offset) => original(shifts, offset),
  }
}

function original(shifts: readonly Shift[], offset: number): number {
  const shift = shifts.findLast(({ start }) => start <= offset)
  if (shift === undefined) return offset
  return offset < shift.end ? shift.from : offset - shift.end + shift.until
}

/** The same in every text of a configuration that was given in code. */
export function interpolateValues(
  input: unknown,
  environment: Environment,
): Pick<Interpolated, 'variables' | 'missing'> & { readonly value: unknown } {
  const variables = new Set<string>()
  const missing: Interpolated['missing'][number][] = []
  const visit = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const read = interpolate(value, environment)
      for (const name of read.variables) variables.add(name)
      missing.push(...read.missing)
      return read.text
    }
    if (Array.isArray(value)) return value.map(visit)
    if (typeof value !== 'object' || value === null || value instanceof Date) return value
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, visit(member)]))
  }
  return { value: visit(input), variables: [...variables], missing }
}
