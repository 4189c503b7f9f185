// time limit: 240 s

import { setImmediate as nextTurn } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import type { WorkerDispatcher } from '../../src/dispatcher/dispatcher.js'
import type { RestartReport } from '../../src/supervisor/restart-report.js'
import { appWith, withReceiver } from '../support/dispatcher.js'
import { isLong } from '../support/effort.js'
import { FAULTS, FaultInjector, faultyThreads, type ThreadFault } from '../support/fault-injection.js'
import { InFlightWatch } from '../support/in-flight.js'
import { countedApps, Load } from '../support/load.js'
import { Tally } from '../support/tally.js'
import { told } from '../support/told.js'

const EVENTS_PER_DEATH = isLong ? 2500 : 600

type Death = ThreadFault | 'terminate'

const causes: Readonly<Record<Exclude<Death, 'hang'>, RegExp>> = {
  throw: /an injected fault/,
  exit: /exit/,
  'exhaust-heap': /memory/i,
  terminate: /exit/,
}

const test = suite('a shard that dies')
const tookMs: number[] = []

/** Kills the shard's thread and resolves, with events flowing all the while, when another has taken over. */
async function survive(dispatcher: WorkerDispatcher, load: Load, kill: () => void): Promise<RestartReport> {
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
  /** Delivery ids that were in flight when a thread died. */
  readonly inFlight: ReadonlySet<string>
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
  const watch = new InFlightWatch(dispatcher)
  try {
    const load = new Load(dispatcher, apps)
    await load.run(appCount)
    await dispatcher.flush()
    watch.watch()
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
    examine({ tally, load, reports, inFlight: watch.ids, left: events })
  } finally {
    injector.close()
    await dispatcher.close({ timeout: 1000 })
  }
}

const DEATHS = [...FAULTS, 'terminate'] as const

for (const death of DEATHS) {
  test(`by ${death} loses nothing, repeats only what was in flight, and is told with its cause`, () =>
    dieOf(isLong ? [death, death] : [death], isLong ? 500 : 200, ({ tally, load, reports, inFlight, left }) => {
      for (const { cause } of reports) assert.match(String(cause), causes[death])
      const repeated = tally.repeatedIds
      assert.equal(
        {
          missing: tally.missing(load.accepted),
          doubled: [...tally.doubled],
          leaked: [...tally.leaked],
          repeatedThoughNotInFlight: repeated.filter((id) => !inFlight.has(id)),
          left,
        },
        { missing: [], doubled: [], leaked: [], repeatedThoughNotInFlight: [], left: 0 },
        `${load.accepted.size} accepted, ${tally.received} received, ${repeated.length} repeated of ${inFlight.size} in flight`,
      )
    }))
}

test('is told with the events that were held for a return', () =>
  withReceiver(async (receiver) => {
    const apps = [appWith([{ url: receiver.url }])]
    await using dispatcher = await startDispatcher(
      { apps, webhooks: { flap_window_ms: 60_000 }, dispatcher: { shards: 1 } },
      {},
    )
    for (const room of ['a', 'b', 'c']) dispatcher.app('app').channelVacated(room)
    while (dispatcher.stats().held_events < 3) await nextTurn()
    const restarted = told(dispatcher, 'shard-restart')
    await dispatcher.threads[0]?.terminate()
    const { recovery } = await restarted
    assert.equal(recovery, { open: 0, waiting: 0, inFlight: 0, deadLetters: 0, held: 3, quarantined: 0 })
  }))

test('in every way in turn under the load of many apps loses nothing', () =>
  dieOf(isLong ? [...DEATHS, ...DEATHS] : DEATHS, isLong ? 2000 : 250, ({ tally, load }) => {
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
