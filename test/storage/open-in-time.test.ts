import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { QueueServerError, StoreDownError } from '../../src/queue/errors.js'
import { openInTime } from '../../src/storage/open-in-time.js'

const test = suite('a store that is opened')

/** @param failures what the first tries fail with @returns what came of it, after how long, and what was reported */
async function open(
  withinMs: number,
  failures: readonly Error[],
): Promise<readonly [string, number, readonly string[]]> {
  let atMs = 0
  const left = [...failures]
  const reports: string[] = []
  const host = {
    now: () => atMs,
    sleep: async (ms: number) => {
      atMs += ms
    },
    failed: ({ message }: Error) => reports.push(message),
  }
  const opening = openInTime(
    async () => {
      const failure = left.shift()
      if (failure !== undefined) throw failure
      return 'open'
    },
    withinMs,
    host,
  )
  const outcome = await opening.catch(({ name, message }: Error) => `${name}: ${message}`)
  return [outcome, atMs, reports]
}

const DOWN = new StoreDownError('no')

test('is tried again while it is down, and that is reported once', async () => {
  assert.equal(await open(10_000, [DOWN, DOWN, DOWN]), ['open', 50 + 100 + 200, ['no']])
})

test('is given up in time', async () => {
  const [outcome, passedMs] = await open(
    3000,
    Array.from({ length: 100 }, () => DOWN),
  )
  assert.equal([outcome, passedMs], ['StoreDownError: no (given up after 8 attempts within 3.0 s)', 3000])
})

test('is tried once where nobody may wait, and where waiting does not help', async () => {
  const unusable = new QueueServerError('never')
  assert.equal(await open(0, [DOWN]), ['StoreDownError: no', 0, []])
  assert.equal(await open(10_000, [unusable]), ['QueueServerError: never', 0, []])
})

test.run()
