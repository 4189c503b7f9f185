import { setTimeout as wait } from 'node:timers/promises'
import { createDispatcher } from '../../src/index.js'
import type { Contender } from '../contender.js'
import { SECRET, verify } from '../harness/against.js'
import { inTurn } from '../harness/emission.js'
import { HostileProcess } from '../harness/hostile-process.js'
import { paced } from '../harness/pacing.js'
import { ReceiverProcess } from '../harness/receiver-process.js'
import { entrants, type Measured, type Scenario } from '../scenario.js'

const P50 = 'healthy endpoints: emit to receipt, p50, ms'
const P99 = 'healthy endpoints: emit to receipt, p99, ms'

const BESIDE = 'Signpost beside hostile endpoints'
const ALONE = 'without them'

const HEALTHY = 20
const PER_SECOND = 5000
const TICK_MS = 2
const WARM_UP_MS = 1500
/** A hostile app gets an event whenever so many have gone to healthy ones. */
const HOSTILE_EVERY = 50
/** So long the healthy ones may take after the last event. The hostile ones are never done. */
const DRAINED_MS = 2000

async function measure(isBesideHostile: boolean, durationMs: number): Promise<Measured> {
  const receiver = await ReceiverProcess.start({ secret: SECRET })
  const hostile = isBesideHostile ? await HostileProcess.start() : null
  const urls = (await hostile?.urls()) ?? []
  const dispatcher = await createDispatcher({
    dispatcher: { shards: 1 },
    webhooks: { request_timeout_ms: 2000 },
    apps: [...Array.from({ length: HEALTHY }, () => receiver.url), ...urls].map((url, index) => ({
      id: `app-${index}`,
      key: 'key',
      secret: SECRET,
      webhooks: [{ url, event_types: ['member_added'] }],
    })),
  })
  const handles = Array.from({ length: HEALTHY + urls.length }, (_, index) => dispatcher.app(`app-${index}`))
  let emitted = 0
  const mixed: Pick<Contender, 'emit'> = {
    emit: (app, channel, userId) => {
      emitted += 1
      if (urls.length > 0 && emitted % HOSTILE_EVERY === 0) {
        handles[HEALTHY + ((emitted / HOSTILE_EVERY) % urls.length)]?.memberAdded(channel, userId)
      }
      return handles[app]?.memberAdded(channel, userId) ?? false
    },
  }
  try {
    const pace = { perSecond: PER_SECOND, tickMs: TICK_MS }
    const warmUp = await paced(mixed, inTurn(HEALTHY), { ...pace, durationMs: WARM_UP_MS })
    await wait(DRAINED_MS / 4)
    await receiver.counts()
    const { events } = await paced(mixed, inTurn(HEALTHY), { ...pace, durationMs })
    await wait(DRAINED_MS)
    const { p50Ms, p99Ms } = await verify(receiver, warmUp.events + events)
    return { figures: { [P99]: p99Ms, [P50]: p50Ms } }
  } finally {
    await dispatcher.close({ timeout: 1 })
    await receiver.stop()
    await hostile?.stop()
  }
}

export const isolation: Scenario = {
  title: 'Isolation: healthy endpoints beside hostile ones',
  method:
    `${PER_SECOND.toLocaleString('en')} events/s to ${HEALTHY} healthy endpoints of one shard, with and without an app for each hostile kind on it: refuses, never answers, a byte a ` +
    'second (body and head), an endless body, closes before and within its answer, resets, 500, 429 with Retry-After, redirects to itself, a header of 1 MB, ' +
    `garbage, an expired certificate. Those get ${PER_SECOND / HOSTILE_EVERY} events/s among them. Nothing of the healthy ones may be lost.`,
  figures: [
    { name: P99, better: 'less', isDrawn: true },
    { name: P50, better: 'less' },
  ],
  turns: { full: 3, quick: 1 },
  cases: (isQuick) => [
    {
      title: `${PER_SECOND.toLocaleString('en')} events/s`,
      entrants: entrants([BESIDE, ALONE], (side) => measure(side === BESIDE, isQuick ? 2000 : 5000)),
    },
  ],
}
