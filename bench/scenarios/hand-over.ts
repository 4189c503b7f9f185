import { type ContenderName, contenderNamed } from '../contenders.js'
import { against } from '../harness/against.js'
import { inTurn } from '../harness/emission.js'
import { warmUp } from '../harness/warm-up.js'
import { type MainThreadCost, mainThreadCost } from '../measure/main-thread-cost.js'
import { differences } from '../measure/pairs.js'
import { KNOWN_NS, knownCost } from '../peers/known-cost.js'
import { type Case, entrants, type Measured, type Scenario } from '../scenario.js'

const COST = 'CPU of the main thread, ns per event'
const PACING = 'pacing that was deducted, ns per event'
const RATE = 'events/s accepted'

const KNOWN = `a known cost of ${KNOWN_NS} ns` as const
const PHASE_MS = 400
const TICK_MS = 4
/** Below this share of the pace a contender could not keep it. */
const KEPT = 0.95

interface Load {
  readonly perSecond: number
  readonly apps: number
  readonly budgetMs: number
}

async function measure(name: ContenderName | typeof KNOWN, load: Load): Promise<Measured> {
  const { perSecond, apps, budgetMs } = load
  const appOf = inTurn(apps)
  const pace = { perSecond, durationMs: PHASE_MS, tickMs: TICK_MS }
  const options = { budgetMs, least: 3, most: 12 }
  if (name === KNOWN) return figuresOf(await mainThreadCost(knownCost(), appOf, pace, options), perSecond)
  return against(await contenderNamed(name), apps, async (contender) => {
    const warm = await warmUp(contender, apps, appOf)
    const cost = await mainThreadCost(contender, appOf, pace, options)
    return { events: warm.events + cost.events, result: figuresOf(cost, perSecond) }
  })
}

function figuresOf({ pairs }: MainThreadCost, perSecond: number): Measured {
  const rates = pairs.map(({ busy: { events, tookMs } }) => events / (tookMs / 1000))
  const highest = Math.max(...rates)
  const note = `took ${Math.round(highest).toLocaleString('en')} events/s at most`
  return {
    figures: {
      [COST]: differences(pairs, ({ perEventNs }) => perEventNs),
      [PACING]: pairs.map(({ idle: { perEventNs } }) => perEventNs),
      [RATE]: rates,
    },
    ...(highest < perSecond * KEPT ? { note } : {}),
  }
}

const BUDGET_MS = 2500
const QUICK_BUDGET_MS = 1500
/** Longer than the others: bounds are set for it, and a phase of 40,000 events takes so little that pairs differ by half of it. */
const USUAL = { perSecond: 100_000, apps: 1000, budgetMs: 8000 }
const LOADS = [
  { perSecond: 10_000, apps: 1000, budgetMs: BUDGET_MS },
  USUAL,
  { perSecond: 500_000, apps: 1000, budgetMs: BUDGET_MS },
  { perSecond: 100_000, apps: 10, budgetMs: BUDGET_MS },
]

const FAST = [
  'Signpost',
  'Signpost, by id',
  'postMessage per event',
  'postMessage of arrays',
  'batching on the main thread',
] as const
const SLOW = ['comlink call per event', 'piscina.run per event'] as const

/** The slow ones are not asked for five times what they cannot keep at 100,000 events/s. */
function contendersAt(perSecond: number) {
  return perSecond > 100_000 ? [...FAST, KNOWN] : [...FAST, ...SLOW, KNOWN]
}

export const handOver: Scenario = {
  title: 'Hand-over: main-thread cost per event',
  method:
    'CPU time of the main thread by the kernel’s account, read right after a sleep; wake-ups, garbage collection on that thread and ' +
    `the wait for the last acknowledgement included. Events are emitted in bursts every ${TICK_MS} ms. Phases of ${PHASE_MS} ms in which ` +
    'a contender gets them alternate with phases in which nobody does, in one process; a sample is the difference of a pair. ' +
    `“${KNOWN}” spins for that time and shows how far the method can be trusted.`,
  figures: [
    { name: COST, better: 'less', isDrawn: true },
    { name: PACING, better: null },
    { name: RATE, better: null },
  ],
  axis: { label: 'events/s', figureScale: 'log', of: 'over 1,000 apps' },
  turns: { full: 2, quick: 1 },
  cases: (isQuick) =>
    (isQuick ? [{ ...USUAL, budgetMs: QUICK_BUDGET_MS }] : LOADS).map(
      (load): Case => ({
        title: `${load.perSecond.toLocaleString('en')} events/s over ${load.apps.toLocaleString('en')} apps`,
        ...(load.apps === USUAL.apps ? { at: load.perSecond } : {}),
        entrants: entrants(contendersAt(load.perSecond), (name) => measure(name, load)),
      }),
    ),
}
