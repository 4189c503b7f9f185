/** An id as text: ids of customers' users are often numbers. @returns undefined when it is none */
export function textOfId(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
  return typeof value === 'bigint' ? String(value) : undefined
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

/** What sort of value it is, without a word of what it says. */
export function sortOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : 'Infinity'
  return typeof value
}

/** An escape of JSON's, that of a lone surrogate in the group. */
const ESCAPE = /\\(?:u(d[89a-f][0-9a-f]{2})|.)/gs

/**
 * `JSON.stringify`, with U+FFFD for lone surrogates. Well-formed JSON.stringify escapes those, and only those, as `\udXXX`, which
 * PHP, serde_json and PostgreSQL refuse.
 * @returns undefined for what JSON cannot say
 * @throws what JSON.stringify throws
 */
export function wellFormedJson(value: unknown): string | undefined {
  const encoded: string | undefined = JSON.stringify(value)
  if (encoded === undefined || !encoded.includes('\\ud')) return encoded
  return encoded.replace(ESCAPE, (whole, surrogate: string | undefined) => (surrogate === undefined ? whole : '\ufffd'))
}
