import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DeadlineQueue } from '../../src/gather/deadline-queue.js'

const test = suite('deadline queue')

function takeDue(queue: DeadlineQueue, nowMs: number): number[] {
  const generations: number[] = []
  while (queue.nextAtMs <= nowMs) generations.push(queue.take().generation)
  return generations
}

test('has none when nothing was asked for', () => {
  assert.is(new DeadlineQueue().nextAtMs, Number.POSITIVE_INFINITY)
})

test('gives what was asked for', () => {
  const queue = new DeadlineQueue()
  queue.add(1, 2, 3, 100)
  assert.is(queue.nextAtMs, 100)
  assert.equal(queue.take(), { app: 1, endpoint: 2, generation: 3, atMs: 100 })
})

test('puts one that would come too early behind its predecessor, and says so', () => {
  const queue = new DeadlineQueue()
  queue.add(0, 0, 1, 100)
  assert.is(queue.add(0, 0, 2, 50), 100)
  assert.equal([takeDue(queue, 99), takeDue(queue, 100)], [[], [1, 2]])
})

test('gives them in the order in which they were asked for, and loses none', () => {
  const step = fc.record({ waitMs: fc.nat(3), added: fc.nat(3000) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const queue = new DeadlineQueue()
      const wanted: number[] = []
      const taken: number[] = []
      let nowMs = 0
      for (const { waitMs, added } of steps) {
        nowMs += waitMs
        for (let count = 0; count < added; count++) {
          queue.add(0, 0, wanted.length, nowMs + 2)
          wanted.push(wanted.length)
        }
        taken.push(...takeDue(queue, nowMs))
        assert.ok(queue.nextAtMs > nowMs)
      }
      taken.push(...takeDue(queue, nowMs + 2))
      assert.equal(taken, wanted)
    }),
    { numRuns: 30 },
  )
})

test.run()
