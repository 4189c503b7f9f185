import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Deadlines } from '../../src/shard/deadlines.js'

const test = suite('deadlines')

function takeAll(deadlines: Deadlines, nowMs: number): number[] {
  const generations: number[] = []
  for (let due = deadlines.takeDue(nowMs); due !== undefined; due = deadlines.takeDue(nowMs)) {
    generations.push(due.generation)
  }
  return generations
}

test('are never due when there are none', () => {
  assert.is(new Deadlines().nextAtMs, Number.POSITIVE_INFINITY)
})

test('give what was asked for at its time', () => {
  const deadlines = new Deadlines()
  deadlines.add(1, 2, 3, 100)
  assert.equal(deadlines.takeDue(100), { app: 1, endpoint: 2, generation: 3, atMs: 100 })
})

test('give nothing before its time', () => {
  const deadlines = new Deadlines()
  deadlines.add(1, 2, 3, 100)
  assert.is(deadlines.takeDue(99.9), undefined)
})

test('put one that would come too early behind its predecessor', () => {
  const deadlines = new Deadlines()
  deadlines.add(0, 0, 1, 100)
  deadlines.add(0, 0, 2, 50)
  assert.equal([takeAll(deadlines, 99), takeAll(deadlines, 100)], [[], [1, 2]])
})

test('come in the order in which they were asked for, none too early, none lost', () => {
  const step = fc.record({ waitMs: fc.nat(3), added: fc.nat(3000) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const deadlines = new Deadlines()
      const wanted: number[] = []
      const taken: number[] = []
      let nowMs = 0
      for (const { waitMs, added } of steps) {
        nowMs += waitMs
        for (let count = 0; count < added; count++) {
          deadlines.add(0, 0, wanted.length, nowMs + 2)
          wanted.push(wanted.length)
        }
        taken.push(...takeAll(deadlines, nowMs))
        assert.ok(deadlines.nextAtMs > nowMs)
      }
      taken.push(...takeAll(deadlines, nowMs + 2))
      assert.equal(taken, wanted)
    }),
    { numRuns: 30 },
  )
})

test.run()
