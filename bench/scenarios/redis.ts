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

const APPS = 100

const NAMES = ['Signpost', 'Signpost, redis', 'BullMQ + undici, a job per batch'] as const

async function measure(name: ContenderName, seconds: number): Promise<Measured> {
  return against(await contenderNamed(name), APPS, async (contender, receiver) => {
    const options = { apps: APPS, appOf: inTurn(APPS), seconds, least: APPS * BATCH_EVENTS }
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
    'The same load on the memory queue, on the queue in a Redis of the same machine without AOF, and on BullMQ with a job per batch, in turns, ' +
    'as fast as accepted. Every event has to come. In round brackets: divided by memory’s.',
  figures: [
    { name: RATE, better: 'more', isDrawn: true },
    { name: CPU, better: 'less' },
    { name: SERVER, better: 'less' },
    { name: BOTH, better: 'less' },
  ],
  turns: { full: 7, quick: 1 },
  cases: (isQuick) => [
    {
      title: `batches, ${APPS} apps`,
      base: 'Signpost',
      entrants: entrants(NAMES, (name) => measure(name, isQuick ? 1 : 3)),
    },
  ],
}
