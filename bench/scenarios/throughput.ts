import { BATCH_EVENTS } from '../contender.js'
import { type ContenderName, contenderNamed } from '../contenders.js'
import { against } from '../harness/against.js'
import { inTurn } from '../harness/emission.js'
import { measureFlood } from '../measure/flood.js'
import { entrants, type Measured, type Scenario } from '../scenario.js'

const RATE = 'events/s delivered and acknowledged'
const CPU = 'CPU of all threads, ns per event'
const REQUEST = 'events per request'

const BATCHING = [
  'Signpost',
  'Signpost, 2 shards',
  'batching on the main thread',
  'postMessage per event',
  'BullMQ + undici, a job per batch',
] as const
/** How many apps there are is nothing to them. */
const UNBATCHED = [
  'BullMQ + undici, a job per event',
  'undici, a request per event',
  'fetch, a request per event',
] as const

interface Load {
  readonly apps: number
  readonly seconds: number
}

async function measure(name: ContenderName, { apps, seconds }: Load): Promise<Measured> {
  const least = isBatching(name) ? apps * BATCH_EVENTS : 0
  return against(await contenderNamed(name), apps, async (contender, receiver) => {
    const options = { apps, appOf: inTurn(apps), seconds, least }
    const { accepted, perSecond, cpuPerEventNs, perRequest } = await measureFlood(contender, receiver, options)
    return {
      events: accepted,
      result: { figures: { [RATE]: perSecond, [CPU]: cpuPerEventNs, [REQUEST]: perRequest } },
    }
  })
}

function isBatching(name: ContenderName): boolean {
  return BATCHING.some((one) => one === name)
}

export const throughput: Scenario = {
  title: 'As fast as accepted',
  method:
    'Events are emitted as fast as they are accepted, each app in its turn. The clock runs until the last one is acknowledged. How many ' +
    'they are comes from the warm-up, so that every contender works for about as long; those that batch get at least as many as fill a batch an app. BullMQ’s figure of CPU lacks what its Redis takes.',
  figures: [
    { name: RATE, better: 'more', isDrawn: true },
    { name: CPU, better: 'less', isDrawn: true },
    { name: REQUEST, better: null },
  ],
  turns: { full: 2, quick: 1 },
  cases: (isQuick) =>
    (isQuick ? [1000] : [1000, 10]).map((apps) => ({
      title: `${apps.toLocaleString('en')} apps`,
      entrants: entrants(apps === 1000 ? [...BATCHING, ...UNBATCHED] : BATCHING, (name) =>
        measure(name, { apps, seconds: isQuick ? 0.5 : 3 }),
      ),
    })),
}
