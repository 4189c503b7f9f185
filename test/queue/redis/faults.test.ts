import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type RedisProcess, type RedisSettings, startRedis } from '../../../scripts/servers/redis.js'
import { StoreDownError, StoreFullError } from '../../../src/queue/errors.js'
import type { JobChange, OpenStore, StoreLoss } from '../../../src/queue/job-store.js'
import type { RedisStoreOptions } from '../../../src/queue/redis/options.js'
import { until } from '../../support/until.js'
import { deathOf, idOf, jobOf } from '../job-store-contract.js'
import { openStore, serverAt } from './support.js'

const test = suite('Redis as a store, when it fails')

const target = jobOf(1).head.target
const done = (number: number): JobChange => ({ kind: 'done', id: idOf(number) })
const dead = (number: number): JobChange => ({ kind: 'dead', id: idOf(number), death: deathOf('gave up') })
const release = (number: number): JobChange => ({ kind: 'release', id: idOf(number) })

interface World {
  readonly redis: RedisProcess
  readonly store: OpenStore
  readonly losses: readonly StoreLoss[]
  /** The numbers of the jobs that the next process finds. */
  found(): Promise<readonly number[]>
}

function survives(
  fault: string,
  check: (world: World) => Promise<void>,
  changes: Partial<RedisStoreOptions> = {},
  settings: RedisSettings = {},
): void {
  test(fault, async () => {
    const redis = await startRedis(settings)
    const losses: StoreLoss[] = []
    const store = await openStore(serverAt(redis), changes)
    store.listen?.({ parked: () => undefined, lost: (loss) => losses.push(loss) })
    const found = async (): Promise<readonly number[]> => {
      await store.jobs.close()
      const next = await openStore(serverAt(redis))
      const heads = await next.jobs.take(target, 100)
      await next.jobs.close()
      return heads.map(({ seq }) => seq)
    }
    try {
      await check({ redis, store, losses, found })
    } finally {
      redis.resume()
      await store.jobs.close()
      await redis.stop()
    }
  })
}

/** The first failure of a call that is made until it fails. */
async function failureOf(call: () => Promise<unknown>): Promise<unknown> {
  for (;;) {
    try {
      await call()
    } catch (error) {
      return error
    }
  }
}

async function untilStored(store: OpenStore, group: Parameters<OpenStore['jobs']['commit']>[0]): Promise<void> {
  for (;;) {
    try {
      return await store.jobs.commit(group)
    } catch (error) {
      if (!(error instanceof StoreDownError)) throw error
    }
  }
}

survives(
  'it is killed and started again: what it confirmed is there, and the group that failed comes once',
  async (world) => {
    const { redis, store, found } = world
    await store.jobs.commit({ jobs: [jobOf(1)], changes: [] })
    await redis.kill()
    const group = { jobs: [jobOf(2), jobOf(3)], changes: [] }
    assert.instance(await failureOf(() => store.jobs.commit(group)), StoreDownError)
    await redis.start()
    await untilStored(store, group)
    assert.equal(await found(), [1, 2, 3])
  },
)

survives(
  'it stands still: a group fails within the response timeout, and is stored once when it goes on',
  async ({ redis, store, found }) => {
    await store.jobs.commit({ jobs: [jobOf(1), jobOf(2)], changes: [] })
    redis.pause()
    const group = { jobs: [jobOf(3), jobOf(4)], changes: [dead(1)] }
    assert.instance(await failureOf(() => store.jobs.commit(group)), StoreDownError)
    redis.resume()
    await untilStored(store, group)
    const { letters } = store.figures()
    assert.equal([letters, await found()], [1, [2, 3, 4]])
  },
  { timeoutMs: 300 },
)

survives(
  'its clients are paused: a group that was stored though it failed is known by its number',
  async ({ redis, store, found }) => {
    await store.jobs.commit({ jobs: [jobOf(1)], changes: [release(1)] })
    await redis.ask('CLIENT', 'PAUSE', '1000', 'WRITE')
    const group = { jobs: [jobOf(2)], changes: [dead(1)] }
    assert.instance(await failureOf(() => store.jobs.commit(group)), StoreDownError)
    await untilStored(store, group)
    const { letters, jobs } = store.figures()
    assert.equal([letters, jobs, await found()], [1, 1, [2]])
  },
  { timeoutMs: 300 },
)

survives('it is killed: a probe fails, and succeeds when it is back', async ({ redis, store }) => {
  await store.jobs.probe()
  await redis.kill()
  assert.instance(await failureOf(() => store.jobs.probe()), StoreDownError)
  await redis.start()
  await until(() =>
    store.jobs.probe().then(
      () => true,
      () => false,
    ),
  )
})

survives('it has lost everything: a probe finds that out', async ({ redis, store, losses }) => {
  await store.jobs.commit({ jobs: [jobOf(1)], changes: [] })
  await redis.ask('FLUSHALL')
  assert.instance(await failureOf(() => store.jobs.probe()), StoreDownError)
  await store.jobs.probe()
  assert.equal(losses, [{ reason: 'lost', parked: 0 }])
})

survives(
  'it has no replica, though one is asked for: a probe fails as a commit does',
  async ({ redis, store }) => {
    const group = { jobs: [jobOf(1)], changes: [] }
    const failures = [await failureOf(() => store.jobs.probe()), await failureOf(() => store.jobs.commit(group))]
    for (const failure of failures) assert.match(String(failure), 'only 0 of 1 replicas have it')
    assert.is(await redis.ask('PING'), 'PONG')
  },
  { waitReplicas: 1, timeoutMs: 300 },
)

survives(
  'it may keep no more bytes: there is room again when more than a little is free',
  async ({ store }) => {
    const body = 'x'.repeat(1000)
    const jobs = Array.from({ length: 40 }, (_, index) => jobOf(index + 1, {}, body))
    await store.jobs.commit({ jobs, changes: [] })
    const before = store.jobs.hasRoomAgain()
    await store.jobs.commit({ jobs: [], changes: [done(1), done(2)] })
    assert.equal([before, store.jobs.hasRoomAgain()], [false, true])
  },
  { maxBytes: 40_000 },
)

survives(
  'it has no memory left: jobs are refused, and what settles is taken',
  async ({ redis, store }) => {
    const body = 'x'.repeat(20_000)
    let stored = 0
    const failure = await failureOf(async () => {
      await store.jobs.commit({ jobs: [jobOf(stored + 1, {}, body)], changes: [] })
      stored += 1
    })
    assert.instance(failure, StoreFullError)
    await redis.ask('CONFIG', 'SET', 'maxmemory', '1')
    assert.instance(await failureOf(() => store.jobs.probe()), StoreFullError)
    await redis.ask('CONFIG', 'SET', 'maxmemory', '6mb')
    const settled: JobChange[] = Array.from({ length: stored - 1 }, (_, index) => done(index + 1))
    const state = { attempts: 1, status: 500, spentMs: 5, nextAt: 0 }
    await store.jobs.commit({ jobs: [], changes: [dead(stored), { kind: 'state', id: idOf(1), state }] })
    await store.jobs.commit({ jobs: [], changes: settled })
    await store.jobs.probe()
    await store.jobs.commit({ jobs: [jobOf(stored + 1, {}, body)], changes: [] })
    const { jobs, letters } = store.figures()
    assert.equal([jobs, letters], [1, 1])
  },
  {},
  { lines: ['appendonly no', 'maxmemory 6mb', 'maxmemory-policy noeviction'] },
)

survives('it loses everything: that is reported, and what is held is stored again', async (world) => {
  const { redis, store, losses, found } = world
  await store.jobs.commit({ jobs: [jobOf(1), jobOf(2), jobOf(3)], changes: [release(1), release(2)] })
  await redis.ask('FLUSHALL')
  assert.instance(await failureOf(() => store.jobs.commit({ jobs: [jobOf(4)], changes: [] })), StoreDownError)
  assert.equal([losses, store.jobs.claim(idOf(3))], [[{ reason: 'lost', parked: 2 }], false])
  await untilStored(store, { jobs: [jobOf(3), jobOf(4)], changes: [] })
  assert.equal(await found(), [3, 4])
})

survives(
  'it loses everything while nothing is stored: that is found out by the lease',
  async ({ redis, store, losses }) => {
    await store.jobs.commit({ jobs: [jobOf(1)], changes: [] })
    await redis.ask('FLUSHALL')
    await until(() => losses.length > 0)
    assert.equal(losses, [{ reason: 'lost', parked: 0 }])
  },
  { leaseMs: 400 },
)

survives('its scripts are forgotten: they are sent again', async ({ redis, store, found }) => {
  await store.jobs.commit({ jobs: [jobOf(1)], changes: [] })
  await redis.ask('SCRIPT', 'FLUSH')
  await store.jobs.commit({ jobs: [jobOf(2)], changes: [] })
  assert.equal(await found(), [1, 2])
})

survives(
  'another process has taken the lane: that is reported, and nothing is written to it any more',
  async (world) => {
    const { redis, store, losses } = world
    await store.jobs.commit({ jobs: [jobOf(1), jobOf(2)], changes: [release(1)] })
    const [lease = ''] = (await redis.ask('KEYS', '*:lease')) as readonly string[]
    await redis.ask('DEL', lease)
    const other = await openStore(serverAt(redis))
    assert.instance(await failureOf(() => store.jobs.commit({ jobs: [], changes: [done(1)] })), StoreDownError)
    assert.equal([losses, other.recovery.jobs], [[{ reason: 'taken-over', parked: 1 }], 2])
    await store.jobs.commit({ jobs: [jobOf(3)], changes: [] })
    assert.equal([store.figures().jobs, other.figures().jobs], [1, 2])
    await other.jobs.close()
  },
)

survives('a lease runs out that nobody has taken: its owner goes on', async ({ redis, store, losses, found }) => {
  await store.jobs.commit({ jobs: [jobOf(1)], changes: [] })
  const [lease = ''] = (await redis.ask('KEYS', '*:lease')) as readonly string[]
  await redis.ask('DEL', lease)
  await store.jobs.commit({ jobs: [jobOf(2)], changes: [] })
  assert.equal([losses, await found()], [[], [1, 2]])
})

survives(
  'a lane is as full as it may be: jobs are refused until others settle',
  async ({ store }) => {
    const body = 'x'.repeat(600)
    await store.jobs.commit({ jobs: [jobOf(1, {}, body)], changes: [] })
    const second = { jobs: [jobOf(2, {}, body)], changes: [] }
    assert.instance(await failureOf(() => store.jobs.commit(second)), StoreFullError)
    await store.jobs.commit({ jobs: [], changes: [done(1)] })
    await store.jobs.commit(second)
    assert.is(store.figures().jobs, 1)
  },
  { maxBytes: 1000 },
)

test.run()
