import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SeededRandom } from '../../../scripts/journal-crashes/random.js'
import { type Operation, SimulatedDisk } from '../../../scripts/journal-crashes/simulated-disk.js'
import type { Job } from '../../../src/queue/job.js'
import type { OpenStore } from '../../../src/queue/job-store.js'
import { unixMs } from '../../../src/time/clocks.js'
import { deathOf, jobOf } from '../job-store-contract.js'
import { openSmallJournal, smallOptions } from './support/small-journal.js'

const test = suite('a journal whose disk fails or is full')

const KiB = 1024
const options = { segmentBytes: 32 * KiB, maxBytes: 640 * KiB }
const newDisk = (): SimulatedDisk => new SimulatedDisk(new SeededRandom(1))

const bodyOf = (bytes: number): string => 'x'.repeat(bytes)
const sizedJob = (number: number, bytes: number): Job => jobOf(number, { bodyBytes: bytes }, bodyOf(bytes))
const doneOf = ({ head }: Job) => ({ kind: 'done', id: head.id }) as const
const deadOf = ({ head }: Job) => ({ kind: 'dead', id: head.id, death: deathOf('gave up') }) as const

async function outcomeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'stored',
    (error: Error) => error.name,
  )
}

function failOnce(disk: SimulatedDisk, failing: Operation, code: string, after = 0): void {
  let left = after
  disk.fail = (operation) => {
    if (operation !== failing || left-- > 0) return null
    disk.fail = () => null
    return Object.assign(new Error(code), { code })
  }
}

for (const operation of ['write', 'sync'] as const) {
  test(`stores the same group in another segment after a ${operation} has failed`, async () => {
    const disk = newDisk()
    const store = openSmallJournal(disk, options)
    await store.jobs.commit({ jobs: [jobOf(1)], changes: [] })
    failOnce(disk, operation, 'EIO')
    const group = { jobs: [jobOf(2), jobOf(3)], changes: [doneOf(jobOf(1))] }
    assert.is(await outcomeOf(store.jobs.commit(group)), 'StoreDownError')
    assert.is(await outcomeOf(store.jobs.commit(group)), 'stored')
    disk.crash('power')
    disk.restart()
    assert.is(openSmallJournal(disk, options).recovery.jobs, 2)
  })
}

for (const operation of ['write', 'sync'] as const) {
  test(`finds out that no ${operation} succeeds, also when there is nothing to store`, async () => {
    const disk = newDisk()
    const store = openSmallJournal(disk, options)
    await store.jobs.commit({ jobs: [jobOf(1)], changes: [] })
    disk.fail = (asked) => (asked === operation ? Object.assign(new Error('EIO'), { code: 'EIO' }) : null)
    const failing = await outcomeOf(store.jobs.probe())
    disk.fail = () => null
    assert.equal([failing, await outcomeOf(store.jobs.probe())], ['StoreDownError', 'stored'])
    assert.is(openSmallJournal(disk, options).recovery.jobs, 1)
  })
}

test('writes that a job is done, though nobody heard that it was stored', async () => {
  const disk = newDisk()
  const store = openSmallJournal(disk, options)
  await store.jobs.commit({ jobs: [jobOf(1)], changes: [] })
  failOnce(disk, 'sync', 'EIO')
  assert.is(await outcomeOf(store.jobs.commit({ jobs: [jobOf(2)], changes: [] })), 'StoreDownError')
  await store.jobs.commit({ jobs: [], changes: [doneOf(jobOf(2))] })
  assert.is(openSmallJournal(disk, options).recovery.jobs, 1)
})

test('goes on when the disk works again after it failed for long', async () => {
  const disk = newDisk()
  let now = 0
  const clock = { ...smallOptions.clock, monotonicNow: () => now }
  const store = openSmallJournal(disk, { ...options, clock })
  await store.jobs.commit({ jobs: [jobOf(1)], changes: [] })
  disk.fail = (operation) => (operation === 'read' ? null : Object.assign(new Error('EIO'), { code: 'EIO' }))
  const outcomes = []
  for (let round = 0; round < 50; round++)
    outcomes.push(await outcomeOf(store.jobs.commit({ jobs: [jobOf(2)], changes: [] })))
  assert.equal([...new Set(outcomes.splice(0))], ['StoreDownError'])
  disk.fail = () => null
  now += 1000
  for (let number = 2; number < 50; number++) {
    outcomes.push(
      await outcomeOf(store.jobs.commit({ jobs: [sizedJob(number, 5000)], changes: [doneOf(jobOf(number - 1))] })),
    )
  }
  assert.equal([...new Set(outcomes)], ['stored'])
})

test('takes every group after ENOSPC at any write', async () => {
  for (let after = 0; after < 60; after++) {
    const disk = newDisk()
    const store = openSmallJournal(disk, options)
    failOnce(disk, 'write', 'ENOSPC', after)
    for (let number = 1; number < 40; number++) {
      const group = { jobs: [sizedJob(number, 3000)], changes: number > 5 ? [doneOf(jobOf(number - 5))] : [] }
      while ((await outcomeOf(store.jobs.commit(group))) !== 'stored');
    }
    // Where there were fewer writes.
    disk.fail = () => null
    assert.is(openSmallJournal(disk, options).recovery.jobs, 5)
  }
})

async function fill(store: OpenStore, bytes: number): Promise<readonly Job[]> {
  const jobs: Job[] = []
  for (let number = 1; ; number++) {
    const job = sizedJob(number, bytes)
    if ((await outcomeOf(store.jobs.commit({ jobs: [job], changes: [] }))) !== 'stored') return jobs
    jobs.push(job)
  }
}

for (const [what, bytes] of [
  ['large', 12_000],
  ['middling', 3000],
  ['small', 20],
] as const) {
  test(`drains when it is full of ${what} jobs, and takes new ones then`, async () => {
    const disk = newDisk()
    const store = openSmallJournal(disk, { ...options, maxJobs: 1_000_000 })
    const jobs = await fill(store, bytes)
    assert.ok(jobs.length * (bytes + 200) > 0.3 * options.maxBytes, `only ${jobs.length}`)
    for (const job of jobs) await store.jobs.commit({ jobs: [], changes: [doneOf(job)] })
    assert.is(store.figures().jobs, 0)
    await store.jobs.commit({ jobs: [sizedJob(100_000, bytes)], changes: [] })
    assert.is(openSmallJournal(disk, options).recovery.jobs, 1)
  })

  test(`drains when all of its ${what} jobs die: the oldest letters go`, async () => {
    const store = openSmallJournal(newDisk(), { ...options, maxJobs: 1_000_000 })
    const jobs = await fill(store, bytes)
    for (const job of jobs) await store.jobs.commit({ jobs: [], changes: [deadOf(job)] })
    for (let round = 0; round < 20; round++) await store.jobs.commit({ jobs: [], changes: [] })
    const { jobs: left, letters, lettersEvicted } = store.figures()
    assert.equal([left, letters + lettersEvicted], [0, jobs.length])
    const [oldest] = await store.letters.list({ limit: 1, after: null })
    assert.is(oldest?.position, lettersEvicted + 1)
  })
}

test('never takes up more than it may, and a few segments', async () => {
  const store = openSmallJournal(newDisk(), options)
  await fill(store, 3000)
  assert.ok(store.figures().storedBytes <= options.maxBytes)
})

test('refuses jobs beyond their number, and takes what settles the others', async () => {
  const store = openSmallJournal(newDisk(), { ...options, maxJobs: 2 })
  await store.jobs.commit({ jobs: [jobOf(1), jobOf(2)], changes: [] })
  assert.is(await outcomeOf(store.jobs.commit({ jobs: [jobOf(3)], changes: [doneOf(jobOf(1))] })), 'StoreFullError')
  await store.jobs.commit({ jobs: [], changes: [doneOf(jobOf(1))] })
  assert.is(await outcomeOf(store.jobs.commit({ jobs: [jobOf(3)], changes: [] })), 'stored')
})

test('has room again when more than a little of it is free', async () => {
  const store = openSmallJournal(newDisk(), { ...options, maxJobs: 64 })
  const jobs = Array.from({ length: 64 }, (_, number) => jobOf(number))
  await store.jobs.commit({ jobs, changes: [] })
  const hasRoom: boolean[] = []
  for (const job of jobs.slice(0, 3)) {
    hasRoom.push(store.jobs.hasRoomAgain())
    await store.jobs.commit({ jobs: [], changes: [doneOf(job)] })
  }
  assert.equal([hasRoom, await outcomeOf(store.jobs.probe())], [[false, false, true], 'stored'])
})

test('has room again when more than a little of its bytes is free', async () => {
  const store = openSmallJournal(newDisk(), options)
  const jobs = await fill(store, 3000)
  const before = store.jobs.hasRoomAgain()
  for (const job of jobs.slice(0, jobs.length / 8)) await store.jobs.commit({ jobs: [], changes: [doneOf(job)] })
  assert.equal([before, store.jobs.hasRoomAgain()], [false, true])
})

test('refuses a body that fits into no segment, and stores nothing of the group', async () => {
  const store = openSmallJournal(newDisk(), options)
  const group = { jobs: [jobOf(1), sizedJob(2, 40_000)], changes: [] }
  assert.is(await outcomeOf(store.jobs.commit(group)), 'RangeError')
  assert.is(store.figures().jobs, 0)
})

test('forgets letters that are too old', async () => {
  let now = 1_700_000_001_000
  const clock = { ...smallOptions.clock, unixNow: () => unixMs(now) }
  const letters = { maxBytes: 2 ** 40, maxAgeMs: 60_000 }
  const store = openSmallJournal(newDisk(), { ...options, letters, clock })
  await store.jobs.commit({ jobs: [jobOf(1), jobOf(2)], changes: [deadOf(jobOf(1))] })
  now += 60_001
  await store.jobs.commit({
    jobs: [],
    changes: [{ kind: 'dead', id: jobOf(2).head.id, death: deathOf('x', { diedAt: now }) }],
  })
  await store.jobs.commit({ jobs: [], changes: [] })
  const { letters: left, lettersEvicted } = store.figures()
  assert.equal([left, lettersEvicted], [1, 1])
})

test('writes little more than it is given while 60 % of it is stuck', async () => {
  const disk = newDisk()
  const maxBytes = 20_480 * KiB
  const store = openSmallJournal(disk, { segmentBytes: 256 * KiB, maxBytes })
  const bytes = 10_000
  const stuck = Math.floor((0.6 * maxBytes) / bytes)
  for (let number = 1; number <= stuck; number++)
    await store.jobs.commit({ jobs: [sizedJob(number, bytes)], changes: [] })
  const before = disk.writtenBytes
  const rounds = 3000
  for (let number = stuck + 1; number <= stuck + rounds; number++) {
    const job = sizedJob(number, bytes)
    await store.jobs.commit({ jobs: [job], changes: [] })
    await store.jobs.commit({ jobs: [], changes: [doneOf(job)] })
  }
  const amplification = (disk.writtenBytes - before) / (rounds * bytes)
  assert.ok(amplification < 5, `${amplification.toFixed(1)} times as much`)
})

test.run()
