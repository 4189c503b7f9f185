import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Semaphore } from '../../src/collections/semaphore.js'

const test = suite('a semaphore')

/** Work that ends when the test says so. */
class Jobs {
  readonly begun: number[] = []
  readonly #ends = new Map<number, (error: Error | null) => void>()

  run(number: number): Promise<number> {
    this.begun.push(number)
    return new Promise((resolve, reject) => {
      this.#ends.set(number, (error) => (error === null ? resolve(number) : reject(error)))
    })
  }

  async end(number: number, error: Error | null = null): Promise<void> {
    this.#ends.get(number)?.(error)
    for (let turn = 0; turn < 10; turn++) await null
  }
}

test('lets so much run at once, and the rest in its order', async () => {
  const semaphore = new Semaphore(2)
  const jobs = new Jobs()
  const all = [1, 2, 3, 4].map((number) => semaphore.run(() => jobs.run(number)))
  await null
  const atFirst = [...jobs.begun]
  await jobs.end(2)
  const afterOne = [...jobs.begun]
  for (const number of [1, 3, 4]) await jobs.end(number)
  assert.equal(
    [atFirst, afterOne, await Promise.all(all)],
    [
      [1, 2],
      [1, 2, 3],
      [1, 2, 3, 4],
    ],
  )
})

test('goes on after work that fails, which its caller hears of', async () => {
  const semaphore = new Semaphore(1)
  const jobs = new Jobs()
  const failing = semaphore.run(() => jobs.run(1)).catch((error: Error) => error.message)
  const next = semaphore.run(() => jobs.run(2))
  await jobs.end(1, new Error('no'))
  await jobs.end(2)
  assert.equal([await failing, await next], ['no', 2])
})

test.run()
