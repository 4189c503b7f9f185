import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { eachInTurns } from '../../src/apps/turns.js'

const test = suite('work in turns')

const busy = (ms: number): void => {
  const end = performance.now() + ms
  while (performance.now() < end);
}

test('visits everything in its order', async () => {
  const seen: number[] = []
  await eachInTurns([1, 2, 3], (item) => seen.push(item))
  assert.equal(seen, [1, 2, 3])
})

test('lets others run in between', async () => {
  let turns = 0
  const count = (): void => {
    turns += 1
    immediate = setImmediate(count)
  }
  let immediate = setImmediate(count)
  await eachInTurns(Array(64).fill(0), () => busy(0.5))
  clearImmediate(immediate)
  assert.ok(turns > 3)
})

test('ends early when it is told to', async () => {
  let visited = 0
  const visit = (): void => {
    visited += 1
    busy(1)
  }
  await eachInTurns(Array(1000).fill(0), visit, () => true)
  assert.ok(visited < 1000)
})

test.run()
