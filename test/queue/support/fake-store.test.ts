import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { StoreDownError, StoreFullError } from '../../../src/queue/errors.js'
import { jobOf, testJobStore } from '../job-store-contract.js'
import { FakeStore } from './fake-store.js'

testJobStore('the fake', async () => {
  const store = new FakeStore()
  return { open: async () => store.open(), remove: async () => undefined }
})

const test = suite('the fake store')

async function nameOfError(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'none',
    (error: Error) => error.name,
  )
}

test('fails once, and may have stored the group all the same', async () => {
  const fake = new FakeStore()
  const { jobs, figures } = fake.open()
  const group = { jobs: [jobOf(1)], changes: [] }
  fake.failNext('commit', new StoreDownError('down'))
  fake.failNext('commit-then-fail', new StoreDownError('down'))
  const outcomes = []
  for (let round = 0; round < 3; round++) outcomes.push([await nameOfError(jobs.commit(group)), figures().jobs])
  assert.equal(outcomes, [
    ['StoreDownError', 0],
    ['StoreDownError', 1],
    ['none', 1],
  ])
})

test('refuses jobs while it is full, and takes changes', async () => {
  const fake = new FakeStore()
  const { jobs, figures } = fake.open()
  await jobs.commit({ jobs: [jobOf(1)], changes: [] })
  fake.refuseJobs(new StoreFullError('full'))
  assert.is(await nameOfError(jobs.commit({ jobs: [jobOf(2)], changes: [] })), 'StoreFullError')
  await jobs.commit({ jobs: [], changes: [{ kind: 'done', id: jobOf(1).head.id }] })
  assert.is(figures().jobs, 0)
})

test.run()
