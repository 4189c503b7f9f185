import { allThreadsCpuNs } from '../../src/cli/load/thread-cpu.js'
import { BATCH_EVENTS } from '../contender.js'
import { contenderNamed } from '../contenders.js'
import { against } from '../harness/against.js'
import { flood, inARow, inTurn } from '../harness/emission.js'
import { paced } from '../harness/pacing.js'
import { measureFlood } from '../measure/flood.js'
import { entrants, type Measured, type Scenario } from '../scenario.js'

const STEADY = 'at 2,000 events/s, apps in turn: CPU of all threads, ns per event'
const SPREAD = 'as fast as accepted, apps in turn: CPU of all threads, ns per event'
const FULL = 'as fast as accepted, full batches: CPU of all threads, ns per event'
const SPREAD_RATE = 'as fast as accepted, apps in turn: events/s'
const FULL_RATE = 'as fast as accepted, full batches: events/s'

const STEADY_RATE = 2000
/** Fewer events over many apps would measure the garbage that the requests before them left. */
const LEAST_FULL = 2_000_000

async function measure(apps: number, seconds: number): Promise<Measured> {
  return against(await contenderNamed('Signpost'), apps, async (contender, receiver) => {
    const spread = await measureFlood(contender, receiver, { apps, appOf: inTurn(apps), seconds })
    const fullEvents = Math.max(Math.round(spread.perSecond * seconds), LEAST_FULL)
    const full = await cpuOf(async () => {
      await flood(contender, inARow(apps, BATCH_EVENTS), fullEvents)
      return fullEvents
    })
    const steady = await cpuOf(async () => {
      const pace = { perSecond: STEADY_RATE, durationMs: seconds * 1000, tickMs: 10 }
      const { events } = await paced(contender, inTurn(apps), pace)
      await contender.settle()
      return events
    })
    return {
      events: spread.accepted + full.events + steady.events,
      result: {
        figures: {
          [STEADY]: steady.perEventNs,
          [SPREAD]: spread.cpuPerEventNs,
          [FULL]: full.perEventNs,
          [SPREAD_RATE]: spread.perSecond,
          [FULL_RATE]: full.perSecond,
        },
      },
    }
  })
}

async function cpuOf(run: () => Promise<number>) {
  const startNs = allThreadsCpuNs()
  const startMs = performance.now()
  const events = await run()
  return {
    events,
    perEventNs: (allThreadsCpuNs() - startNs) / events,
    perSecond: events / ((performance.now() - startMs) / 1000),
  }
}

export const apps: Scenario = {
  title: 'Cost an event by the number of apps',
  method:
    'Signpost with one shard. With each app in its turn a batch gets smaller the more apps there are, at the same rate, down to a request per event: that is the ' +
    `cost of requests. With ${BATCH_EVENTS} events of one app in a row batches are full with any number of apps, and what is left is the cost of the apps.`,
  figures: [
    { name: FULL, better: 'less', isDrawn: true },
    { name: FULL_RATE, better: 'more' },
    { name: SPREAD, better: 'less', isDrawn: true },
    { name: SPREAD_RATE, better: 'more' },
    { name: STEADY, better: 'less', isDrawn: true },
  ],
  axis: { label: 'apps' },
  turns: { full: 2, quick: 1 },
  cases: (isQuick) =>
    (isQuick ? [10, 10_000] : [10, 100, 1000, 10_000, 100_000]).map((count) => ({
      title: `${count.toLocaleString('en')} apps`,
      at: count,
      entrants: entrants(['Signpost'], () => measure(count, isQuick ? 0.7 : 1.5)),
    })),
}
