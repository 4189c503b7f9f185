/** A thread's never changes, and reading it is not free. */
const ORIGIN_MS = performance.timeOrigin

/** Unix time in ms, with fractions, that never goes back while the thread lives. */
export function now(): number {
  return ORIGIN_MS + performance.now()
}
