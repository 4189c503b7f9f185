// time limit: 300 s

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type RedisProcess, startRedis } from '../../../scripts/servers/redis.js'
import { StoreDownError, StoreFullError } from '../../../src/queue/errors.js'
import type { JobChange } from '../../../src/queue/job-store.js'
import { openRedisStore } from '../../../src/queue/redis/index.js'
import type { RedisStoreOptions } from '../../../src/queue/redis/options.js'
import { until } from '../../support/until.js'
import { deathOf, idOf, jobOf } from '../job-store-contract.js'
import { numbersOf, PlayedProcess } from '../support/played-process.js'
import { openStore, optionsFor, serverAt } from './support.js'

const test = suite('lanes that processes share')

const LANES = 6
const LEASE_MS = 1500
const dead = (number: number): JobChange => ({ kind: 'dead', id: idOf(number), death: deathOf(`end of ${number}`) })

let redis: RedisProcess
let opened: PlayedProcess[] = []

test.before(async () => {
  redis = await startRedis({ lines: ['appendonly no'] })
})

test.before.each(async () => {
  await redis.ask('FLUSHALL')
})

test.after.each(async () => {
  redis.resume()
  await redis.ask('CONFIG', 'SET', 'maxmemory', '0')
  for (const { store } of opened) await store.jobs.close()
  opened = []
})

test.after(() => redis.stop())

async function open(owner: string, consumes: boolean, more: Partial<RedisStoreOptions> = {}): Promise<PlayedProcess> {
  const shared = { lanes: LANES, consumes }
  const process = new PlayedProcess(await openStore(serverAt(redis), { owner, leaseMs: LEASE_MS, shared, ...more }))
  opened.push(process)
  return process
}

async function close(process: PlayedProcess): Promise<void> {
  opened = opened.filter((each) => each !== process)
  await process.store.jobs.close()
}

const leaseOf = (lane: number): string => `{sockudo_queue:signpost:shared-${lane}}:lease`

/** How many lanes each of these has. */
async function shares(...owners: readonly string[]): Promise<readonly number[]> {
  const holders = await Promise.all(Array.from({ length: LANES }, (_, lane) => redis.ask('GET', leaseOf(lane))))
  return owners.map((owner) => holders.filter((holder) => holder === owner).length)
}

async function untilShared(expected: Readonly<Record<string, number>>): Promise<void> {
  await until(async () => String(await shares(...Object.keys(expected))) === String(Object.values(expected)))
}

test('are shared evenly when a process comes, and when one goes', async () => {
  const one = await open('one', true)
  await untilShared({ one: 6 })
  await open('two', true)
  await untilShared({ one: 3, two: 3 })
  await open('three', true)
  await untilShared({ one: 2, two: 2, three: 2 })
  await close(one)
  await untilShared({ two: 3, three: 3 })
})

test('go to the others at once when a process closes', async () => {
  const one = await open('one', true, { leaseMs: 60_000 })
  await untilShared({ one: 6 })
  const closedAtMs = performance.now()
  await close(one)
  await open('two', true, { leaseMs: 60_000 })
  await untilShared({ two: 6 })
  assert.ok(performance.now() - closedAtMs < 30_000)
})

test('are as many as the first process said', async () => {
  await open('one', false)
  const { store, warnings } = await openRedisStore(
    optionsFor(serverAt(redis), { shared: { lanes: 9, consumes: false } }),
  )
  await store.jobs.close()
  assert.match(warnings.join(' '), /has 6 lanes.*number 9 of this configuration/)
})

test('of a process that was taken for dead: what it says of a job is not heard, and it is told', async () => {
  const one = await open('one', true)
  await one.add(jobOf(1))
  await one.take(1)
  // As another process takes over whose clock says that the lease is over.
  for (let lane = 0; lane < LANES; lane++) {
    await redis.ask('SET', leaseOf(lane), 'two')
    await redis.ask('HSET', leaseOf(lane).replace(/lease$/, 'meta'), 'owner', 'two')
  }
  await one.change(dead(1))
  await until(() => one.losses.length > 0)
  await close(one)
  for (let lane = 0; lane < LANES; lane++) await redis.ask('DEL', leaseOf(lane))
  const two = await open('two', true)
  assert.equal(numbersOf(await two.take(1)), [1])
  await two.change(dead(1))
  assert.is((await two.store.letters.list({ limit: 10, after: null })).length, 1)
})

test('have a group once that was stored though its answer was lost', async () => {
  const host = await open('host', false, { timeoutMs: 300 })
  await host.add(jobOf(1))
  redis.pause()
  const group = { jobs: [jobOf(2), jobOf(3)], changes: [] }
  const failure = await host.store.jobs.commit(group).catch((error: unknown) => error)
  redis.resume()
  await until(() =>
    host.store.jobs.commit(group).then(
      () => true,
      () => false,
    ),
  )
  const one = await open('one', true)
  assert.instance(failure, StoreDownError)
  assert.equal(numbersOf(await one.take(3)), [1, 2, 3])
  const length = await Promise.all(
    Array.from({ length: LANES }, (_, lane) => redis.ask('XLEN', leaseOf(lane).replace(/lease$/, 'log'))),
  )
  assert.is(
    length.reduce<number>((sum, count) => sum + Number(count), 0),
    3,
  )
})

test('in a full Redis: jobs are refused, and what settles makes room', async () => {
  const one = await open('one', true)
  await one.add(jobOf(1), jobOf(2))
  await one.take(2)
  await redis.ask('CONFIG', 'SET', 'maxmemory', '1')
  const refusal = await one.add(jobOf(3)).catch((error: unknown) => error)
  const probed = await one.store.jobs.probe().catch((error: unknown) => error)
  await one.change({ kind: 'done', id: idOf(1) }, dead(2))
  await redis.ask('CONFIG', 'SET', 'maxmemory', '0')
  await one.store.jobs.probe()
  assert.instance(refusal, StoreFullError)
  assert.instance(probed, StoreFullError)
  const letters = await one.store.letters.list({ limit: 10, after: null })
  assert.equal(numbersOf(letters.map(({ head }) => head)), [2])
})

test('in a full Redis: those of a process that is gone are taken over', async () => {
  const one = await open('one', true)
  await one.add(jobOf(1))
  await one.take(1)
  await redis.ask('CONFIG', 'SET', 'maxmemory', '1')
  await one.handedOver.stop()
  const two = await open('two', true)
  assert.equal(numbersOf(await two.take(1)), [1])
})

test('are reported as lost when Redis has lost them, and what is held is stored again', async () => {
  const one = await open('one', true)
  await one.add(jobOf(1), jobOf(2))
  await one.take(1)
  await until(() => one.waiting() === 1)
  await redis.ask('FLUSHALL')
  await until(() => one.losses.length > 0)
  await until(() => one.dropped.includes('store-again'))
  assert.equal([one.losses.some(({ reason, parked }) => reason === 'lost' && parked > 0), one.waiting()], [true, 0])
})

test('leave nothing behind of a thousand processes', async () => {
  const host = await open('host', false)
  await host.add(jobOf(1))
  const keys = async (): Promise<number> => Number(await redis.ask('DBSIZE'))
  await close(await open('first', true, { shared: { lanes: 2, consumes: true } }))
  const before = await keys()
  for (let round = 0; round < 50; round++) {
    const others = Array.from({ length: 20 }, async (_, index) => {
      const other = await open(`${round}-${index}`, index === 0)
      if (index === 1) await other.add(jobOf(2 + round))
      await close(other)
    })
    await Promise.all(others)
  }
  // The lanes that have jobs now which had none before.
  assert.ok((await keys()) <= before + LANES, `${await keys()} keys`)
  assert.is(Number(await redis.ask('ZCARD', '{sockudo_queue:signpost}:consumers')), 0)
})

test.run()
