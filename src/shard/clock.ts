/** Unix time in ms, with fractions, that never goes back while the thread lives. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}
