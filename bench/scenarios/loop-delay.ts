import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import type { Contender } from '../contender.js'
import { type ContenderName, contenderNamed } from '../contenders.js'
import { against, type Emitted } from '../harness/against.js'
import { BystanderProcess } from '../harness/bystander-process.js'
import { type AppOf, inTurn } from '../harness/emission.js'
import { NOBODY, paced } from '../harness/pacing.js'
import { warmUp } from '../harness/warm-up.js'
import { differences, interleaved } from '../measure/pairs.js'
import { entrants, type Measured, type Scenario } from '../scenario.js'

const ADDED = 'p99 of the event loop’s delay, ms more than without'
const BESIDE = '… of another process’s loop, which does nothing, ms more'
const WITH = 'p99 with it, ms'
const WITHOUT = 'p99 without, ms'

const PACE = { perSecond: 100_000, durationMs: 500, tickMs: 2 }
const CONTENDERS = [
  'Signpost',
  'postMessage per event',
  'postMessage of arrays',
  'batching on the main thread',
] as const

interface Delay {
  readonly p99Ms: number
  readonly bystanderP99Ms: number
  readonly events: number
}

async function measure(name: ContenderName, apps: number, budgetMs: number): Promise<Measured> {
  return against(await contenderNamed(name), apps, async (contender) => {
    const bystander = await BystanderProcess.start()
    try {
      return await measureBeside(bystander, contender, apps, budgetMs)
    } finally {
      await bystander.stop()
    }
  })
}

async function measureBeside(
  bystander: BystanderProcess,
  contender: Contender,
  apps: number,
  budgetMs: number,
): Promise<Emitted<Measured>> {
  const appOf = inTurn(apps)
  let { events } = await warmUp(contender, apps, appOf)
  const idle = () => delayUnder(NOBODY, appOf, bystander)
  const busy = async () => {
    const delay = await delayUnder(contender, appOf, bystander)
    events += delay.events
    return delay
  }
  await busy()
  const pairs = await interleaved(idle, busy, { budgetMs, least: 3, most: 16 })
  return {
    events,
    result: {
      figures: {
        [ADDED]: differences(pairs, ({ p99Ms }) => p99Ms),
        [BESIDE]: differences(pairs, ({ bystanderP99Ms }) => bystanderP99Ms),
        [WITH]: pairs.map((pair) => pair.busy.p99Ms),
        [WITHOUT]: pairs.map((pair) => pair.idle.p99Ms),
      },
    },
  }
}

async function delayUnder(contender: Contender, appOf: AppOf, bystander: BystanderProcess): Promise<Delay> {
  const histogram = monitorEventLoopDelay({ resolution: 1 })
  await wait(1)
  await bystander.takeP99Ms()
  histogram.enable()
  const { events } = await paced(contender, appOf, PACE)
  histogram.disable()
  const p99Ms = histogram.percentile(99) / 1e6
  const bystanderP99Ms = await bystander.takeP99Ms()
  await contender.settle()
  return { p99Ms, bystanderP99Ms, events }
}

export const loopDelay: Scenario = {
  title: 'The host’s event loop at 100,000 events/s',
  method:
    `\`monitorEventLoopDelay\` over phases of ${PACE.durationMs} ms at that rate, in bursts every ${PACE.tickMs} ms, which alternate with phases ` +
    'of the same pacing that emits to nobody; a sample is the difference of a pair. The same of a process beside ' +
    'it that does nothing tells how much of it is the machine’s: all share its cores.',
  figures: [
    { name: ADDED, better: 'less', isDrawn: true },
    { name: BESIDE, better: null },
    { name: WITH, better: 'less' },
    { name: WITHOUT, better: null },
  ],
  turns: { full: 2, quick: 1 },
  cases: (isQuick) =>
    (isQuick ? [1000] : [1000, 10]).map((apps) => ({
      title: `${apps.toLocaleString('en')} apps`,
      entrants: entrants(CONTENDERS, (name) => measure(name, apps, isQuick ? 1500 : 2500)),
    })),
}
