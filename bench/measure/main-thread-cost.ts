import { setTimeout as wait } from 'node:timers/promises'
import type { Contender } from '../contender.js'
import type { AppOf } from '../harness/emission.js'
import { NOBODY, type Pace, type Paced, paced } from '../harness/pacing.js'
import { interleaved, type Pair, type PairOptions } from './pairs.js'
import { mainThreadNs } from './thread-time.js'

export interface Phase extends Paced {
  /** CPU time of the main thread, the pacing and the wait for the last acknowledgement included. */
  readonly perEventNs: number
}

export interface MainThreadCost {
  readonly pairs: readonly Pair<Phase>[]
  /** What the contender accepted in all. */
  readonly events: number
}

/** Emits to the contender and to nobody in turn, at the same pace, so that a pair's difference is the contender's own cost. */
export async function mainThreadCost(
  contender: Contender,
  appOf: AppOf,
  pace: Pace,
  options: PairOptions,
): Promise<MainThreadCost> {
  let events = 0
  const idle = () => phase(NOBODY, appOf, pace)
  const busy = async () => {
    const result = await phase(contender, appOf, pace)
    events += result.events
    return result
  }
  await idle()
  await busy()
  return { pairs: await interleaved(idle, busy, options), events }
}

/** The clock is read right after a sleep, as it has to be. */
async function phase(contender: Contender, appOf: AppOf, pace: Pace): Promise<Phase> {
  await wait(1)
  const startNs = mainThreadNs()
  const result = await paced(contender, appOf, pace)
  await contender.settle()
  await wait(1)
  return { ...result, perEventNs: (mainThreadNs() - startNs) / result.events }
}
