import type { Contender } from '../contender.js'

/** What one `emit` of this contender takes, in ns: what the measurement has to find. */
export const KNOWN_NS = 250

const CALIBRATION_MS = 50

/** Does nothing for a known time: the check of the method by which the others are measured. */
export function knownCost(): Contender {
  let state = 1
  const spin = (steps: number) => {
    for (let step = 0; step < steps; step++) state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
  }
  const stepsPerEvent = Math.round(KNOWN_NS * stepsPerNs(spin))
  return {
    emit: () => {
      spin(stepsPerEvent)
      return true
    },
    settle: async () => undefined,
    close: async () => undefined,
  }
}

/** The best of several, because whatever else the machine does can only make a loop slower. */
function stepsPerNs(spin: (steps: number) => void): number {
  const stepsATime = 100_000
  let shortestMs = Number.POSITIVE_INFINITY
  for (const endMs = performance.now() + CALIBRATION_MS; performance.now() < endMs; ) {
    const startMs = performance.now()
    spin(stepsATime)
    shortestMs = Math.min(shortestMs, performance.now() - startMs)
  }
  return stepsATime / (shortestMs * 1e6)
}
