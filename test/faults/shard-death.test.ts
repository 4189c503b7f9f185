// time limit: 240 s

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Dispatcher, startDispatcher } from '../../src/dispatcher.js'
import type { RestartReport } from '../../src/supervisor/restart-report.js'
import { FAULTS, FaultInjector, faultyThreads, type ThreadFault } from '../support/fault-injection.js'
import { countedApps, Load } from '../support/load.js'
import { Tally } from '../support/tally.js'

const EVENTS_PER_DEATH = 2500

type Death = ThreadFault | 'terminate'

const causes: Readonly<Record<Death, RegExp>> = {
  throw: /an injected fault/,
  exit: /exit/,
  'exhaust-heap': /memory/i,
  terminate: /exit/,
}

const test = suite('a shard that dies')
const tookMs: number[] = []

/** Kills the shard's thread and resolves, with events flowing all the while, when another has taken over. */
async function survive(dispatcher: Dispatcher, load: Load, kill: () => void): Promise<RestartReport> {
  let report: RestartReport | null = null
  dispatcher.once('shard-restart', (restart) => {
    report = restart
  })
  await load.run(EVENTS_PER_DEATH / 2)
  kill()
  await load.run(EVENTS_PER_DEATH / 2)
  while (report === null) await load.run(100)
  return report
}

interface Aftermath {
  readonly tally: Tally
  readonly load: Load
  readonly reports: readonly RestartReport[]
  readonly left: number
}

/** Lets the shard die in these ways, one after the other, and delivers what there is. */
async function dieOf(
  deaths: readonly Death[],
  appCount: number,
  examine: (aftermath: Aftermath) => void,
): Promise<void> {
  await using tally = await Tally.start()
  const apps = countedApps(tally, appCount)
  const injector = new FaultInjector()
  const dispatcher = await startDispatcher(
    { apps, webhooks: { batching: { duration: 200 } }, dispatcher: { shards: 1 } },
    { threads: faultyThreads, intensity: { restarts: 100, withinMs: 1000 } },
  )
  try {
    const load = new Load(dispatcher, apps)
    await load.run(appCount)
    await dispatcher.flush()
    const reports: RestartReport[] = []
    for (const death of deaths) {
      const [thread] = dispatcher.threads
      if (thread == null) throw new Error('the shard has no thread')
      const kill = () => (death === 'terminate' ? void thread.terminate() : injector.inject(death, thread.threadId))
      reports.push(await survive(dispatcher, load, kill))
    }
    await dispatcher.flush()
    const { events } = await dispatcher.close()
    tookMs.push(...reports.map((report) => report.tookMs))
    examine({ tally, load, reports, left: events })
  } finally {
    injector.close()
    await dispatcher.close({ timeout: 1000 })
  }
}

for (const death of [...FAULTS, 'terminate'] as const) {
  test(`by ${death} loses nothing and repeats only what was in flight`, () =>
    dieOf([death, death], 500, ({ tally, load, reports, left }) => {
      const inFlight = reports.reduce((sum, { recovery }) => sum + recovery.inFlight, 0)
      assert.equal(
        {
          missing: tally.missing(load.accepted),
          doubled: [...tally.doubled],
          leaked: [...tally.leaked],
          isRepeatedInFlight: tally.repeated <= inFlight,
          left,
        },
        { missing: [], doubled: [], leaked: [], isRepeatedInFlight: true, left: 0 },
        `${load.accepted.size} accepted, ${tally.received} received, ${tally.repeated} repeated of ${inFlight} in flight`,
      )
    }))

  test(`by ${death} is told with its cause`, () =>
    dieOf([death], 10, ({ reports: [report] }) => {
      assert.match(String(report?.cause), causes[death])
    }))
}

test('in every way in turn, twice, under the load of two thousand apps loses nothing', () =>
  dieOf([...FAULTS, 'terminate', ...FAULTS, 'terminate'], 2000, ({ tally, load }) => {
    assert.equal([tally.missing(load.accepted), [...tally.doubled]], [[], []])
  }))

test.after(() => {
  const sorted = tookMs.toSorted((a, b) => a - b)
  const median = sorted[sorted.length >>> 1] ?? 0
  console.log(
    `takeovers: ${sorted.length}, median ${median.toFixed(1)} ms, longest ${(sorted.at(-1) ?? 0).toFixed(1)} ms`,
  )
})

test.run()
