import { randomUUID } from 'node:crypto'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type RedisProcess, startRedis } from '../../../scripts/servers/redis.js'
import type { JobChange, OpenStore } from '../../../src/queue/job-store.js'
import { until } from '../../support/until.js'
import { deathOf, idOf, jobOf } from '../job-store-contract.js'
import { openStore, serverAt } from './support.js'

const test = suite('the lanes of processes')

const target = jobOf(1).head.target
const done = (number: number): JobChange => ({ kind: 'done', id: idOf(number) })
const dead = (number: number): JobChange => ({ kind: 'dead', id: idOf(number), death: deathOf(`end of ${number}`) })

let redis: RedisProcess
let opened: OpenStore[] = []

test.before(async () => {
  redis = await startRedis({ lines: ['appendonly no'] })
})

test.before.each(async () => {
  await redis.ask('FLUSHALL')
})

test.after.each(async () => {
  for (const store of opened) await store.jobs.close()
  opened = []
})

test.after(() => redis.stop())

async function open(changes: Parameters<typeof openStore>[1] = {}): Promise<OpenStore> {
  const store = await openStore(serverAt(redis), { leaseMs: 1500, ...changes })
  opened.push(store)
  return store
}

async function close(store: OpenStore): Promise<void> {
  opened = opened.filter((each) => each !== store)
  await store.jobs.close()
}

const seqs = async (store: OpenStore): Promise<readonly number[]> => {
  return (await store.jobs.take(target, 100)).map(({ id }) => new DataView(id.buffer).getUint32(4))
}
const lanes = async (): Promise<readonly unknown[]> => {
  return (await redis.ask('ZRANGE', '{sockudo_queue:signpost}:lanes', '0', '-1')) as readonly unknown[]
}
const keys = async (): Promise<readonly unknown[]> => (await redis.ask('KEYS', '*')) as readonly unknown[]

test('one that was closed is adopted at once by a process that runs, and its jobs keep their order', async () => {
  const [one, other] = [await open(), await open()]
  await other.jobs.commit({ jobs: [jobOf(9)], changes: [] })
  let parked = 0
  const listener = {
    parked: () => {
      parked += 1
    },
    lost: () => undefined,
  }
  other.listen?.(listener)
  await one.jobs.commit({ jobs: [jobOf(3), jobOf(1), jobOf(2)], changes: [] })
  await close(one)
  await until(() => parked > 0)
  assert.equal([parked, await seqs(other)], [1, [3, 1, 2]])
})

test('what is adopted is read, settled and buried where it is, and the lane is gone when it is empty', async () => {
  const [one, other] = [await open(), await open()]
  await other.jobs.commit({ jobs: [jobOf(9)], changes: [] })
  await one.jobs.commit({ jobs: [jobOf(1), jobOf(2)], changes: [] })
  await close(one)
  await until(() => other.figures().jobs === 3)
  await other.jobs.take(target, 5)
  const into = new Uint8Array(jobOf(1).body.length)
  await other.jobs.read(idOf(1), into)
  await other.jobs.commit({ jobs: [], changes: [done(1), dead(2)] })
  await until(async () => (await lanes()).length === 1)
  const [letter] = await other.letters.list({ limit: 5, after: null })
  assert.equal(
    [Buffer.from(into).toString(), Buffer.from(letter?.body ?? []).toString(), letter?.death.error],
    ['body of job 1', 'body of job 2', 'end of 2'],
  )
})

test('letters go to the lane of the process that adopts them', async () => {
  const [one, other] = [await open(), await open()]
  await other.jobs.commit({ jobs: [jobOf(9)], changes: [] })
  await one.jobs.commit({ jobs: [jobOf(1), jobOf(2)], changes: [dead(1), dead(2)] })
  await close(one)
  await until(async () => other.figures().letters === 2 && (await lanes()).length === 1)
  await other.letters.replay({ ids: [idOf(2)] })
  const letters = await other.letters.list({ limit: 5, after: null })
  assert.equal([letters.map(({ death }) => death.error), await seqs(other)], [['end of 1'], [2]])
})

test('a process takes the lane of one that was closed before it as its own', async () => {
  const one = await open()
  await one.jobs.commit({ jobs: [jobOf(1)], changes: [] })
  await close(one)
  const other = await open()
  await other.jobs.commit({ jobs: [jobOf(2)], changes: [] })
  assert.equal([(await lanes()).length, await seqs(other)], [1, [1]])
})

test('nothing is left of processes that settled everything', async () => {
  for (let number = 1; number <= 20; number++) {
    const store = await open()
    await store.jobs.commit({ jobs: [jobOf(number)], changes: [done(number)] })
    await close(store)
  }
  assert.equal(await keys(), [])
})

test('one whose owner is not heard of is adopted when its lease is over', async () => {
  const one = await open()
  await one.jobs.commit({ jobs: [jobOf(1)], changes: [] })
  const [lane] = await lanes()
  await close(one)
  const [seconds] = (await redis.ask('TIME')) as readonly string[]
  // As a process leaves it that is killed.
  await redis.ask('ZADD', '{sockudo_queue:signpost}:lanes', String(Number(seconds) * 1000 + 2000), String(lane))
  await redis.ask('SET', `{sockudo_queue:signpost:${lane}}:lease`, 'a process that was killed', 'PX', '1500')
  const other = await open()
  assert.is(other.recovery.jobs, 0)
  await until(() => other.figures().jobs === 1)
  assert.equal(await seqs(other), [1])
})

test('another storage thread of the same process has its lane again at once', async () => {
  const owner = randomUUID()
  const one = await open({ owner })
  await one.jobs.commit({ jobs: [jobOf(1)], changes: [] })
  const other = await open({ owner })
  const isClaimed = other.jobs.claim(idOf(1))
  await other.jobs.commit({ jobs: [jobOf(2)], changes: [done(1)] })
  assert.equal([isClaimed, other.figures().jobs, (await lanes()).length], [true, 1, 1])
})

test('no key is one of a queue of Sockudo', async () => {
  const store = await open()
  await store.jobs.commit({ jobs: [jobOf(1), jobOf(2)], changes: [dead(1)] })
  const foreign = (await keys()).filter((key) => !/^\{sockudo_queue:signpost[:}]/.test(String(key)))
  assert.equal(foreign, [])
})

test.run()
