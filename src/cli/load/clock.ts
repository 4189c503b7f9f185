/** `performance.now()` counts from the start of each process; the clock below it is the machine's own. */
const offsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now()

/** Ms on the monotonic clock that all processes of this machine share; setting the time of day does not move it. */
export function monotonicMs(): number {
  return performance.now() + offsetMs
}

/** Times travel as whole ticks since the run's epoch. */
export const TICKS_PER_MS = 100
