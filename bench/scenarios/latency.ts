import type { Contender } from '../contender.js'
import { type ContenderName, contenderNamed } from '../contenders.js'
import { against } from '../harness/against.js'
import { type AppOf, atRandom, inTurn } from '../harness/emission.js'
import { paced } from '../harness/pacing.js'
import { warmUp } from '../harness/warm-up.js'
import { entrants, type Measured, type Scenario } from '../scenario.js'

const P50 = 'emit to receipt, p50, ms'
const P99 = 'emit to receipt, p99, ms'
const OLDEST = '… of each request’s oldest event, p99, ms'
const TAKES = 'events/s that it can take'
const LATEST = 'latest burst, ms after it was due'

const TICK_MS = 2
const TRIAL_MS = 600
/** A load is one that a contender can take when all of it is acknowledged this soon after the last event, in ms. */
const CAUGHT_UP_MS = 150
const NEXT_TRIAL = 0.75
const LOWEST_RATE = 100

type Order = (apps: number) => AppOf

interface Capacity {
  readonly perSecond: number
  /** Emitted to find it. */
  readonly events: number
}

/** The highest of ever lower rates, the first what a flood reached, at which no backlog is left. */
async function capacity(contender: Contender, appOf: AppOf, from: number): Promise<Capacity> {
  let events = 0
  for (let perSecond = from; perSecond > LOWEST_RATE; perSecond *= NEXT_TRIAL) {
    const trial = await paced(contender, appOf, { perSecond, durationMs: TRIAL_MS, tickMs: TICK_MS })
    events += trial.events
    const emittedMs = performance.now()
    await contender.settle()
    const isKept = trial.tookMs <= TRIAL_MS + CAUGHT_UP_MS
    if (isKept && performance.now() - emittedMs <= CAUGHT_UP_MS) return { perSecond, events }
  }
  throw new Error(`not even ${LOWEST_RATE} events/s were taken without a backlog`)
}

async function measure(name: ContenderName, apps: number, order: Order, durationMs: number): Promise<Measured> {
  return against(await contenderNamed(name), apps, async (contender, receiver) => {
    const appOf = order(apps)
    const warm = await warmUp(contender, apps, appOf)
    const found = await capacity(contender, appOf, warm.perSecond)
    await receiver.counts()
    const half = { perSecond: found.perSecond / 2, durationMs, tickMs: TICK_MS }
    const { events, latestMs } = await paced(contender, appOf, half)
    await contender.settle()
    const { p50Ms, p99Ms, oldestP99Ms } = await receiver.counts()
    return {
      events: warm.events + found.events + events,
      result: {
        figures: { [P50]: p50Ms, [P99]: p99Ms, [OLDEST]: oldestP99Ms, [TAKES]: found.perSecond, [LATEST]: latestMs },
      },
    }
  })
}

const BATCHING = ['Signpost', 'postMessage per event', 'batching on the main thread'] as const
const UNBATCHED = ['Signpost, batching off', 'undici, a request per event'] as const

const BATCHED: readonly { readonly title: string; readonly apps: number; readonly order: Order }[] = [
  { title: '10 apps', apps: 10, order: inTurn },
  { title: '1,000 apps', apps: 1000, order: atRandom },
  { title: '1,000 apps in turn', apps: 1000, order: inTurn },
]

export const latency: Scenario = {
  title: 'Latency at half of the load that it can take',
  method:
    `First the load: steady rates of ${TRIAL_MS} ms, each ${NEXT_TRIAL} of the one before, the first that of a flood, until all is acknowledged within ` +
    `${CAUGHT_UP_MS} ms of the last event. Then half of it, open loop. The age is that of a request’s oldest event when the receiver has the ` +
    'request, in whole ms by the clock that both processes share; batches of 50 ms or 100 events. Apps that emit in turn ' +
    'begin their batches in step, and all are due within a few ms; at random they are not.',
  figures: [
    { name: P50, better: 'less' },
    { name: P99, better: 'less', isDrawn: true },
    { name: OLDEST, better: 'less' },
    { name: TAKES, better: 'more', isDrawn: true },
    { name: LATEST, better: null },
  ],
  turns: { full: 2, quick: 1 },
  cases: (isQuick) => {
    const durationMs = isQuick ? 1000 : 3000
    return [
      ...(isQuick ? BATCHED.slice(0, 1) : BATCHED).map(({ title, apps, order }) => ({
        title: `batching, ${title}`,
        entrants: entrants(BATCHING, (name) => measure(name, apps, order, durationMs)),
      })),
      {
        title: 'batching off, 10 apps',
        entrants: entrants(UNBATCHED, (name) => measure(name, 10, inTurn, durationMs)),
      },
    ]
  },
}
