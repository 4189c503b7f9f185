import { setTimeout as wait } from 'node:timers/promises'
import { KillableProcess } from '../../scripts/killable-process.js'
import { SoakReceiverProcess } from '../../scripts/soak-receiver-process.js'
import type { DurableFloodSettings } from '../harness/durable-flood.js'
import { withFolder } from '../harness/folder.js'
import { entrants, type Measured, type Scenario } from '../scenario.js'

const LOST = 'events lost of those that persisted() had confirmed (bound: 0)'
const RESUMED = 's from the restart to the first delivery (bound: 2)'
const EMPTY = 's from the restart until all confirmed ones had come'
const TWICE = 'events that came twice, under the same id'
const OTHER_ID = 'events that came under a second id (bound: 0)'
const CONFIRMED = 'events confirmed before the kill'
const RECOVERED = 'batches that the restart found'

const SIDES = { 'Signpost, disk': 'power', 'Signpost, disk, sync process': 'process' } as const
type Side = keyof typeof SIDES

const APPS = 100
const PER_SECOND = 20_000
const ANSWER_AFTER_MS = 20
const LOOK_MS = 10
const COME_WITHIN_MS = 30_000

async function measure(side: Side, beforeMs: number): Promise<Measured> {
  const secondFrom = PER_SECOND * 60
  const receiver = await SoakReceiverProcess.start(secondFrom * 2, { answerAfterMs: ANSWER_AFTER_MS })
  try {
    return await withFolder(async (path) => {
      const settings = { receiverUrl: receiver.url, path, apps: APPS, perSecond: PER_SECOND, sync: SIDES[side] }
      const first = start({ ...settings, from: 0 })
      await first.said('progress')
      await wait(beforeMs)
      await first.kill()
      const { confirmed } = first.progress
      const restartedMs = performance.now()
      const second = start({ ...settings, from: secondFrom })
      const { batches } = await second.said('started')
      await second.said('delivering')
      const resumedMs = performance.now() - restartedMs
      const lost = await lostOf(receiver, confirmed)
      const emptyMs = performance.now() - restartedMs
      await second.kill()
      const { repeated, doubled } = await receiver.counts()
      return {
        figures: {
          [LOST]: lost,
          [RESUMED]: resumedMs / 1000,
          [EMPTY]: emptyMs / 1000,
          [TWICE]: repeated,
          [OTHER_ID]: doubled,
          [CONFIRMED]: confirmed,
          [RECOVERED]: batches,
        },
      }
    })
  } finally {
    await receiver.stop()
  }
}

function start(settings: DurableFloodSettings): KillableProcess {
  return new KillableProcess(new URL('../harness/durable-flood.js', import.meta.url), settings)
}

/** What is missing of the numbers below `confirmed`, once nothing is or it has taken too long. */
async function lostOf(receiver: SoakReceiverProcess, confirmed: number): Promise<number> {
  const endMs = performance.now() + COME_WITHIN_MS
  for (;;) {
    const missing = await receiver.missing(0, confirmed)
    if (missing === 0 || performance.now() > endMs) return missing
    await wait(LOOK_MS)
  }
}

export const diskKill: Scenario = {
  title: 'kill -9 in the middle of a flood',
  method:
    `${PER_SECOND.toLocaleString('en')} events/s to ${APPS} apps whose receiver takes ${ANSWER_AFTER_MS} ms for an answer; \`persisted()\` is called every 100 ms. The process is ` +
    'killed with SIGKILL and started again on the same folder, where it goes on emitting. Times count from the start of the new process, so that loading Node and Signpost is in them.',
  figures: [
    { name: LOST, better: 'less' },
    { name: RESUMED, better: 'less', isDrawn: true },
    { name: EMPTY, better: 'less' },
    { name: TWICE, better: 'less' },
    { name: OTHER_ID, better: 'less' },
    { name: CONFIRMED, better: null },
    { name: RECOVERED, better: null },
  ],
  turns: { full: 5, quick: 2 },
  cases: (isQuick) => [
    {
      title: `${PER_SECOND.toLocaleString('en')} events/s`,
      entrants: entrants(Object.keys(SIDES) as Side[], (side) => measure(side, isQuick ? 2000 : 5000)),
    },
  ],
}
