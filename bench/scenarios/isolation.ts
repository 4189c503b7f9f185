import { setTimeout as wait } from 'node:timers/promises'
import type { Contender } from '../contender.js'
import { SECRET, verify } from '../harness/against.js'
import { inTurn } from '../harness/emission.js'
import { withFolder } from '../harness/folder.js'
import { HostileProcess } from '../harness/hostile-process.js'
import { paced } from '../harness/pacing.js'
import { ReceiverProcess } from '../harness/receiver-process.js'
import { storeJobs } from '../harness/stored-jobs.js'
import { createDispatcher } from '../published.js'
import { entrants, type Measured, type Scenario } from '../scenario.js'

const P50 = 'healthy endpoints: emit to receipt, p50, ms'
const P99 = 'healthy endpoints: emit to receipt, p99, ms'

const BESIDE = 'Signpost beside hostile endpoints'
const ALONE = 'without them'
const BACKLOG = 'Signpost, disk, beside a backlog'
const NO_BACKLOG = 'Signpost, disk, without it'

const HEALTHY = 20
const PER_SECOND = 5000
const TICK_MS = 2
const WARM_UP_MS = 1500
/** A hostile app gets an event whenever so many have gone to healthy ones. */
const HOSTILE_EVERY = 50
/** So long the healthy ones may take after the last event. The hostile ones are never done. */
const DRAINED_MS = 2000
/** The discard port, at which nobody listens. */
const REFUSING_URL = 'http://127.0.0.1:9/'

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
    return await pacedAndVerified(mixed, receiver, durationMs)
  } finally {
    await dispatcher.close({ timeout: 1 })
    await receiver.stop()
    await hostile?.stop()
  }
}

function backlogOf(isQuick: boolean): number {
  return isQuick ? 100_000 : 1_000_000
}

/** Healthy endpoints beside one that is dead and has so many batches in the disk queue. */
async function measureBacklog(backlog: number, durationMs: number): Promise<Measured> {
  const receiver = await ReceiverProcess.start({ secret: SECRET })
  try {
    return await withFolder(async (path) => {
      if (backlog > 0) await storeJobs({ path, count: backlog, targets: [{ app: 'dead', endpoint: 'hook' }] })
      const app = (id: string, url: string) => {
        return { id, key: 'key', secret: SECRET, webhooks: [{ id: 'hook', url, event_types: ['member_added'] }] }
      }
      const healthy = Array.from({ length: HEALTHY }, (_, index) => app(`app-${index}`, receiver.url))
      const dispatcher = await createDispatcher({
        dispatcher: { shards: 1 },
        queue: { driver: 'disk', disk: { path } },
        apps: [...healthy, app('dead', REFUSING_URL)],
      })
      const handles = healthy.map(({ id }) => dispatcher.app(id))
      const dead = dispatcher.app('dead')
      let emitted = 0
      const mixed: Pick<Contender, 'emit'> = {
        emit: (index, channel, userId) => {
          emitted += 1
          if (emitted % HOSTILE_EVERY === 0) dead.memberAdded(channel, userId)
          return handles[index]?.memberAdded(channel, userId) ?? false
        },
      }
      try {
        return await pacedAndVerified(mixed, receiver, durationMs)
      } finally {
        await dispatcher.close({ timeout: 1 })
      }
    })
  } finally {
    await receiver.stop()
  }
}

/** After a warm-up. */
async function pacedAndVerified(
  contender: Pick<Contender, 'emit'>,
  receiver: ReceiverProcess,
  durationMs: number,
): Promise<Measured> {
  const pace = { perSecond: PER_SECOND, tickMs: TICK_MS }
  const warmUp = await paced(contender, inTurn(HEALTHY), { ...pace, durationMs: WARM_UP_MS })
  await wait(DRAINED_MS / 4)
  await receiver.counts()
  const { events } = await paced(contender, inTurn(HEALTHY), { ...pace, durationMs })
  await wait(DRAINED_MS)
  const { p50Ms, p99Ms } = await verify(receiver, warmUp.events + events)
  return { figures: { [P99]: p99Ms, [P50]: p50Ms } }
}

export const isolation: Scenario = {
  title: 'Isolation: healthy endpoints beside hostile ones',
  method:
    `${PER_SECOND.toLocaleString('en')} events/s to ${HEALTHY} healthy endpoints of one shard, with and without an app for each hostile kind on it: refuses, never answers, a byte a ` +
    'second (body and head), an endless body, closes before and within its answer, resets, 500, 429 with Retry-After, redirects to itself, a header of 1 MB, ' +
    `garbage, an expired certificate. Those get ${PER_SECOND / HOSTILE_EVERY} events/s among them. Nothing of the healthy ones may be lost. ` +
    'And with the disk queue, beside a dead endpoint that has a backlog in the journal and gets the same share of events.',
  figures: [
    { name: P99, better: 'less', isDrawn: true },
    { name: P50, better: 'less' },
  ],
  turns: { full: 3, quick: 1 },
  cases: (isQuick) => [
    {
      title: `beside a backlog of ${backlogOf(isQuick).toLocaleString('en')} batches`,
      base: NO_BACKLOG,
      entrants: entrants([NO_BACKLOG, BACKLOG], (side) =>
        measureBacklog(side === BACKLOG ? backlogOf(isQuick) : 0, isQuick ? 2000 : 5000),
      ),
    },
    {
      title: `${PER_SECOND.toLocaleString('en')} events/s`,
      entrants: entrants([BESIDE, ALONE], (side) => measure(side === BESIDE, isQuick ? 2000 : 5000)),
    },
  ],
}
