import { setTimeout as wait } from 'node:timers/promises'
import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import type { WorkerDispatcher } from '../../src/dispatcher/dispatcher.js'
import type { RestartReport } from '../../src/supervisor/restart-report.js'
import { SECRET, verify } from '../harness/against.js'
import { ReceiverProcess } from '../harness/receiver-process.js'
import { entrants, type Measured, type Scenario } from '../scenario.js'

const TAKEOVER = 'from the death to the first turn of the next thread, ms'
const RECOVERED = 'batches that it found, on average'

/** Events that are on their way when the thread dies. */
const EVENTS_PER_DEATH = 500
/** So long the first spare thread waits and gets to load, and later ones have, as they would between two deaths. */
const SPARE_MS = 1500
const LONGEST_MS = 15_000

async function measure(apps: number, deaths: number): Promise<Measured> {
  const receiver = await ReceiverProcess.start({ secret: SECRET, isDistinct: true })
  const dispatcher = await startDispatcher(
    {
      dispatcher: { shards: 1 },
      apps: Array.from({ length: apps }, (_, index) => ({
        id: `app-${index}`,
        key: 'key',
        secret: SECRET,
        webhooks: [{ url: receiver.url, event_types: ['member_added'] }],
      })),
    },
    { intensity: { restarts: 1000, withinMs: 1000 } },
  )
  try {
    let events = emit(dispatcher, apps, apps)
    await dispatcher.flush()
    const reports: RestartReport[] = []
    for (let death = 0; death < deaths; death++) {
      await wait(SPARE_MS)
      events += emit(dispatcher, apps, EVENTS_PER_DEATH)
      const restarted = nextRestart(dispatcher)
      const [thread] = dispatcher.threads
      if (thread == null) throw new Error('the shard has no thread')
      void thread.terminate()
      reports.push(await restarted)
    }
    await dispatcher.flush()
    await verify(receiver, events)
    const found = reports.reduce((sum, { recovery: { open, waiting, inFlight } }) => sum + open + waiting + inFlight, 0)
    return { figures: { [TAKEOVER]: reports.map(({ tookMs }) => tookMs), [RECOVERED]: found / deaths } }
  } finally {
    await dispatcher.close({ timeout: 2000 })
    await receiver.stop()
  }
}

function nextRestart(dispatcher: WorkerDispatcher): Promise<RestartReport> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`no other thread has taken over within ${LONGEST_MS / 1000} s`))
    const timer = setTimeout(late, LONGEST_MS)
    dispatcher.once('shard-restart', (report) => {
      clearTimeout(timer)
      resolve(report)
    })
  })
}

/** @returns how many it has emitted */
function emit(dispatcher: WorkerDispatcher, apps: number, events: number): number {
  for (let event = 0; event < events; event++) {
    const isAccepted = dispatcher.app(`app-${event % apps}`).memberAdded('presence-room', 'user')
    if (!isAccepted) throw new Error('an event was refused')
  }
  return events
}

export const recovery: Scenario = {
  title: 'Recovery after a shard’s death',
  method:
    `The shard’s thread is terminated right after ${EVENTS_PER_DEATH} events were emitted; \`shard-restart\` tells how long the takeover took. ${SPARE_MS} ms between ` +
    'two deaths, in which the pool loads its next spare. Every event has to come; a delivery that comes again under its id counts once.',
  figures: [
    { name: TAKEOVER, better: 'less', isDrawn: true },
    { name: RECOVERED, better: null },
  ],
  axis: { label: 'apps' },
  turns: { full: 2, quick: 1 },
  cases: (isQuick) =>
    (isQuick ? [1, 2000] : [1, 500, 2000, 10_000]).map((apps) => ({
      title: `${apps.toLocaleString('en')} apps`,
      at: apps,
      entrants: entrants(['Signpost'], () => measure(apps, isQuick ? 3 : 5)),
    })),
}
