import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ThreadPool } from '../../src/supervisor/pool.js'
import { until } from '../support/until.js'

const test = suite('the threads of the shards')

const FILE = fileURLToPath(new URL('./support/endless-task.js', import.meta.url))

async function withPool(shards: number, run: (pool: ThreadPool) => Promise<void>): Promise<void> {
  const pool = new ThreadPool(shards, FILE, {}, (error) => assert.unreachable(String(error)))
  const tasks = Array.from({ length: shards }, () => pool.run({}, []))
  const ended = Promise.allSettled(tasks.map((task) => task.ended))
  try {
    await run(pool)
  } finally {
    await pool.destroy()
    await ended
  }
}

test('are one for each, and no other at first', () =>
  withPool(2, async (pool) => {
    assert.is(pool.threads.length, 2)
  }))

test('are one more in a moment, however many shards have started', () =>
  withPool(2, async (pool) => {
    pool.spareSoon()
    pool.spareSoon()
    await until(() => pool.threads.length === 3)
  }))

test('are one more again once the spare has taken over', () =>
  withPool(1, async (pool) => {
    pool.ensureSpare()
    await until(() => pool.threads.length === 2)
    const [first] = pool.threads
    await first?.terminate()
    const next = pool.run({}, [])
    next.ended.catch(() => undefined)
    pool.ensureSpare()
    await until(() => pool.threads.length === 2 && !pool.threads.some((thread) => thread === first))
  }))

test.run()
