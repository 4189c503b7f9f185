/** The longest wait that a receiver may ask for, in ms; what is longer is cut down to it. */
export const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1000

const SECONDS = /^\d+$/
/** The three forms of an HTTP date (RFC 9110 5.6.7): IMF-fixdate, RFC 850, asctime. */
const DATES: readonly RegExp[] = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
]

/**
 * Reads a `Retry-After` header (RFC 9110 10.2.3).
 * @param nowMs Unix time in ms
 * @returns the wait in ms from now, 0 to MAX_RETRY_AFTER_MS; null: absent, or not in a form of the RFC
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | null {
  if (value === undefined) return null
  const text = value.trim()
  if (SECONDS.test(text)) return bounded(Number(text) * 1000)
  if (!DATES.some((form) => form.test(text))) return null
  const atMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
  return Number.isNaN(atMs) ? null : bounded(atMs - nowMs)
}

function bounded(ms: number): number {
  return Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS)
}
