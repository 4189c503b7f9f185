import { BATCH_EVENTS } from '../contender.js'
import { type ContenderName, contenderNamed } from '../contenders.js'
import { against } from '../harness/against.js'
import { inTurn } from '../harness/emission.js'
import { measureFlood } from '../measure/flood.js'
import { entrants, type Measured, type Scenario } from '../scenario.js'

const RATE = 'events/s as fast as accepted (bound: redis at least 0.6 of memory)'
const CPU = 'CPU of all threads, ns per event'
const SERVER = 'CPU of its Redis, ns per event'
const BOTH = 'CPU of both, ns per event'

const NAMES = ['Signpost', 'Signpost, redis', 'Signpost, redis, consumers', 'BullMQ + undici, a job per batch'] as const
/** Over more apps there are more batches that each are less full. */
const MANY_APPS = ['Signpost', 'Signpost, redis', 'Signpost, redis, consumers'] as const

interface Load {
  readonly apps: number
  readonly seconds: number
}

async function measure(name: ContenderName, { apps, seconds }: Load): Promise<Measured> {
  return against(await contenderNamed(name), apps, async (contender, receiver) => {
    const options = { apps, appOf: inTurn(apps), seconds, least: apps * BATCH_EVENTS }
    const { accepted, perSecond, cpuPerEventNs, serverCpuPerEventNs } = await measureFlood(contender, receiver, options)
    return {
      events: accepted,
      result: {
        figures: {
          [RATE]: perSecond,
          [CPU]: cpuPerEventNs,
          [SERVER]: serverCpuPerEventNs,
          [BOTH]: cpuPerEventNs + serverCpuPerEventNs,
        },
      },
    }
  })
}

export const redis: Scenario = {
  title: 'The queue in Redis beside memory',
  method:
    'The same load on the memory queue, on the queue in a Redis of the same machine without AOF, on such a queue that processes share, of which ' +
    'this one both adds and consumes, and on BullMQ with a job per batch, in turns, as fast as accepted. Every event has to come. In round brackets: divided by memory’s.',
  figures: [
    { name: RATE, better: 'more', isDrawn: true },
    { name: CPU, better: 'less' },
    { name: SERVER, better: 'less' },
    { name: BOTH, better: 'less' },
  ],
  turns: { full: 7, quick: 1 },
  cases: (isQuick) => {
    const seconds = isQuick ? 1 : 3
    return [
      {
        title: 'batches, 100 apps',
        base: 'Signpost',
        entrants: entrants(NAMES, (name) => measure(name, { apps: 100, seconds })),
      },
      {
        title: 'batches, 1,000 apps',
        base: 'Signpost',
        entrants: entrants(MANY_APPS, (name) => measure(name, { apps: 1000, seconds })),
      },
    ]
  },
}
