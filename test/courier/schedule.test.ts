import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SlabId } from '../../src/arena/arena-memory.js'
import { RetrySchedule } from '../../src/courier/schedule.js'

const test = suite('retry schedule')

const slab = (number: number) => number as SlabId

function scheduled(...times: number[]): RetrySchedule {
  const schedule = new RetrySchedule()
  times.forEach((atMs, index) => {
    schedule.add(slab(index), atMs)
  })
  return schedule
}

test('says when the earliest is due', () => {
  assert.is(scheduled(300, 100, 200).nextAtMs, 100)
})

test('is never due when it is empty', () => {
  assert.is(new RetrySchedule().nextAtMs, Number.POSITIVE_INFINITY)
})

test('gives nothing before its time', () => {
  assert.is(scheduled(300, 100, 200).takeDue(99), undefined)
})

test('gives what is due in the order of the times, and at one time in the order in which it came', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (times) => {
      const schedule = scheduled(...times)
      const taken = times.map(() => schedule.takeDue(20))
      const expected = times
        .map((atMs, index) => ({ atMs, index }))
        .sort((a, b) => a.atMs - b.atMs || a.index - b.index)
      assert.equal(
        taken,
        expected.map(({ index }) => slab(index)),
      )
    }),
  )
})

test('takes out those that are asked for and keeps the others', () => {
  const schedule = scheduled(300, 100, 200, 400)
  const taken = schedule.takeWhere((candidate) => candidate % 2 === 0)
  assert.equal(
    [taken, schedule.takeAll()],
    [
      [slab(2), slab(0)],
      [slab(1), slab(3)],
    ],
  )
})

test('is empty after all were taken', () => {
  const schedule = scheduled(1, 2)
  schedule.takeAll()
  assert.is(schedule.size, 0)
})

test.run()
