import { type ContenderName, contenderNamed } from '../contenders.js'
import { against } from '../harness/against.js'
import { inTurn } from '../harness/emission.js'
import { paced } from '../harness/pacing.js'
import { measureFlood } from '../measure/flood.js'
import { entrants, type Measured, type Scenario } from '../scenario.js'

const RATE = 'events/s as fast as accepted (bound: disk at least 0.85 of memory)'
const CPU = 'CPU of all threads, ns per event'
const P50 = 'at a steady rate: emit to receipt, p50, ms'
const P99 = 'at a steady rate: emit to receipt, p99, ms (bound: disk at most memory + 5)'

const TICK_MS = 2

interface Load {
  readonly apps: number
  readonly seconds: number
  /** The steady rate, the same for all. */
  readonly perSecond: number
}

/** As fast as accepted, and then, with everything warm, at a steady rate. */
async function measure(name: ContenderName, { apps, seconds, perSecond }: Load): Promise<Measured> {
  return against(await contenderNamed(name), apps, async (contender, receiver) => {
    const appOf = inTurn(apps)
    const flooded = await measureFlood(contender, receiver, { apps, appOf, seconds })
    await receiver.counts()
    const steady = await paced(contender, appOf, { perSecond, durationMs: seconds * 1000, tickMs: TICK_MS })
    await contender.settle()
    const { p50Ms, p99Ms } = await receiver.counts()
    return {
      events: flooded.accepted + steady.events,
      result: {
        figures: { [RATE]: flooded.perSecond, [CPU]: flooded.cpuPerEventNs, [P50]: p50Ms, [P99]: p99Ms },
      },
    }
  })
}

const BATCHED = [
  'Signpost',
  'Signpost, disk',
  'Signpost, disk, after_ms 100',
  'Signpost, disk, sync process',
  'Signpost, disk, sync process, after_ms 100',
] as const
/** Over more apps there are more batches that each are less full. */
const MANY_APPS = ['Signpost', 'Signpost, disk'] as const
const UNBATCHED = [
  'Signpost, batching off',
  'Signpost, disk, batching off',
  'Signpost, disk, after_ms 100, batching off',
  'Signpost, disk, sync process, batching off',
] as const

const BATCHED_PER_SECOND = 20_000
const UNBATCHED_PER_SECOND = 2000

export const disk: Scenario = {
  title: 'The disk queue beside memory',
  method:
    'The same load on the memory queue and on the disk queue, in turns: first as fast as accepted, then a steady rate, ' +
    `${BATCHED_PER_SECOND.toLocaleString('en')} events/s with batches and ${UNBATCHED_PER_SECOND.toLocaleString('en')} without. ` +
    'Every event has to come. In round brackets: divided by memory’s.',
  figures: [
    { name: RATE, better: 'more', isDrawn: true },
    { name: CPU, better: 'less' },
    { name: P50, better: 'less' },
    { name: P99, better: 'less', isDrawn: true },
  ],
  turns: { full: 7, quick: 1 },
  cases: (isQuick) => {
    const seconds = isQuick ? 1 : 3
    return [
      {
        title: 'batches, 100 apps',
        base: 'Signpost',
        entrants: entrants(BATCHED, (name) => measure(name, { apps: 100, seconds, perSecond: BATCHED_PER_SECOND })),
      },
      {
        title: 'batches, 1,000 apps',
        base: 'Signpost',
        entrants: entrants(MANY_APPS, (name) => measure(name, { apps: 1000, seconds, perSecond: BATCHED_PER_SECOND })),
      },
      {
        title: 'batching off, 10 apps',
        base: 'Signpost, batching off',
        entrants: entrants(UNBATCHED, (name) => measure(name, { apps: 10, seconds, perSecond: UNBATCHED_PER_SECOND })),
      },
    ]
  },
}
