/** How old a connection becomes, in ms, more or less: a name that leads elsewhere by then is noticed under steady traffic too. */
export const CONNECTION_AGE_MS = 300_000

/** The part of its age by which a connection may end earlier or later, so that those made together do not end together. */
const JITTER = 0.1

/** @param random from 0 to 1 */
export function jittered(ageMs: number, random: number): number {
  return ageMs * (1 - JITTER + 2 * JITTER * random)
}

/** Calls `over` when a connection that is made now has become old. Keeps no thread alive. */
export function startAge(ageMs: number, over: () => void): NodeJS.Timeout {
  return setTimeout(over, jittered(ageMs, Math.random())).unref()
}
