import { setTimeout as wait } from 'node:timers/promises'
import { SECRET, verify } from '../harness/against.js'
import { ReceiverProcess } from '../harness/receiver-process.js'
import { createDispatcher, type Dispatcher } from '../published.js'
import { startRedisQueue } from '../redis-queue.js'
import { entrants, type Measured, type Scenario } from '../scenario.js'

const FIRST = 's from the start of the consumers to the first delivery'
const ALL = 's from the start of the consumers until all had come'
const RATE = 'batches/s meanwhile'

const APPS = 100
const LOOK_MS = 10

interface Load {
  readonly batches: number
  readonly consumers: number
}

async function measure({ batches, consumers }: Load): Promise<Measured> {
  const receiver = await ReceiverProcess.start({ secret: SECRET })
  const redis = await startRedisQueue()
  const started: Dispatcher[] = []
  const start = async (consume: boolean): Promise<Dispatcher> => {
    const dispatcher = await createDispatcher(
      {
        dispatcher: { shards: 1 },
        queue: redis.queue('consumers'),
        webhooks: { batching: { enabled: false } },
        apps: Array.from({ length: APPS }, (_, index) => ({
          id: `app-${index}`,
          key: 'key',
          secret: SECRET,
          webhooks: [{ url: receiver.url, event_types: ['member_added'] }],
        })),
      },
      { consume },
    )
    started.push(dispatcher)
    return dispatcher
  }
  try {
    await fill(await start(false), batches)
    const startMs = performance.now()
    await Promise.all(Array.from({ length: consumers }, () => start(true)))
    const secondsUntil = async (count: number): Promise<number> => {
      while ((await receiver.counts()).events < count) await wait(LOOK_MS)
      return (performance.now() - startMs) / 1000
    }
    const first = await secondsUntil(1)
    const all = await secondsUntil(batches)
    await verify(receiver, batches)
    return { figures: { [FIRST]: first, [ALL]: all, [RATE]: batches / (all - first) } }
  } finally {
    for (const dispatcher of started) await dispatcher.close({ timeout: 1000 })
    await redis.server.stop()
    await receiver.stop()
  }
}

/** A batch of one event each, all of them in the queue. */
async function fill(host: Dispatcher, batches: number): Promise<void> {
  for (let number = 0; number < batches; ) {
    if (host.app(`app-${number % APPS}`).memberAdded('presence-room', `user-${number}`)) number += 1
    else await wait(1)
  }
  await host.persisted()
}

export const redisConsumers: Scenario = {
  title: 'Consumers of a queue in Redis',
  method:
    `A host has left so many batches of one event for ${APPS} apps in a queue that consumers share. Then consumers start, in one process and on the ` +
    'same machine as Redis and the receiver: the figures say what taking up a backlog costs, not what more machines give.',
  figures: [
    { name: FIRST, better: 'less' },
    { name: ALL, better: 'less' },
    { name: RATE, better: 'more', isDrawn: true },
  ],
  turns: { full: 3, quick: 1 },
  cases: (isQuick) => [
    ...(isQuick ? [1000, 10_000] : [1000, 10_000, 100_000]).map((batches) => ({
      title: `${batches.toLocaleString('en')} batches, one consumer`,
      entrants: entrants(['Signpost, redis, consumers'], () => measure({ batches, consumers: 1 })),
    })),
    ...[2, 4].map((consumers) => ({
      title: `10,000 batches, ${consumers} consumers`,
      entrants: entrants(['Signpost, redis, consumers'], () => measure({ batches: 10_000, consumers })),
    })),
  ],
}
