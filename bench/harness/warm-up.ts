import type { Contender } from '../contender.js'
import { type AppOf, flood } from './emission.js'

export interface WarmUp {
  /** All that it emitted. */
  readonly events: number
  /** Events of its last step. */
  readonly step: number
  /** Events a second in that step: a first idea of what the contender can take. */
  readonly perSecond: number
}

const FIRST_STEP = 1000
/** Compiled code goes on getting faster for a million events and more. */
const LONGEST_STEP = 2_000_000
const STEP_MS = 400
const WHOLE_MS = 5000
/** A step that is faster than the one before by less than this no longer learns. */
const GROWTH = 1.1

/**
 * Code that has just been loaded is slow, connections are not yet made, and few events over many apps make small batches: floods the
 * contender with twice as many events at each step, at least one an app, until a step is long enough and hardly faster than the last, or
 * the whole has taken long.
 */
export async function warmUp(contender: Contender, apps: number, appOf: AppOf): Promise<WarmUp> {
  let events = 0
  let before = 0
  const endMs = performance.now() + WHOLE_MS
  for (let step = Math.max(FIRST_STEP, apps); ; step *= 2) {
    const startMs = performance.now()
    await flood(contender, appOf, step)
    events += step
    const tookMs = performance.now() - startMs
    const perSecond = step / (tookMs / 1000)
    const isSteady = tookMs >= STEP_MS && perSecond < before * GROWTH
    const isEnough = isSteady || performance.now() > endMs || step * 2 > Math.max(LONGEST_STEP, apps)
    if (isEnough) return { events, step, perSecond }
    before = perSecond
  }
}
