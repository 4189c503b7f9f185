import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WakeUps } from '../../src/collections/wake-ups.js'

const test = suite('wake-ups')

function takeAll(wakeUps: WakeUps, nowMs: number): number[] {
  const subjects: number[] = []
  for (let due = wakeUps.takeDue(nowMs); due !== undefined; due = wakeUps.takeDue(nowMs)) subjects.push(due)
  return subjects
}

test('are never due when there are none', () => {
  assert.is(new WakeUps().nextAtMs, Number.POSITIVE_INFINITY)
})

test('keep only the last time of a subject', () => {
  const wakeUps = new WakeUps()
  wakeUps.set(7, 100)
  wakeUps.set(7, 300)
  assert.equal([takeAll(wakeUps, 200), takeAll(wakeUps, 300)], [[], [7]])
})

test('forget a subject that wants no call', () => {
  const wakeUps = new WakeUps()
  wakeUps.set(7, 100)
  wakeUps.set(7, Number.POSITIVE_INFINITY)
  assert.is(wakeUps.nextAtMs, Number.POSITIVE_INFINITY)
})

test('call a subject once', () => {
  const wakeUps = new WakeUps()
  wakeUps.set(7, 100)
  assert.equal([takeAll(wakeUps, 100), takeAll(wakeUps, 100)], [[7], []])
})

test('do what a plain table does', () => {
  const time = fc.oneof(
    { weight: 9, arbitrary: fc.nat(30) },
    { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
  )
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ subject: fc.nat(12), atMs: time }) },
    { weight: 1, arbitrary: fc.record({ nowMs: fc.nat(30) }) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
      const wakeUps = new WakeUps()
      const table = new Map<number, number>()
      for (const taken of steps) {
        if ('subject' in taken) {
          wakeUps.set(taken.subject, taken.atMs)
          if (taken.atMs === Number.POSITIVE_INFINITY) table.delete(taken.subject)
          else table.set(taken.subject, taken.atMs)
        } else {
          const due = [...table].filter(([, atMs]) => atMs <= taken.nowMs)
          const subjects = takeAll(wakeUps, taken.nowMs)
          const times = subjects.map((subject) => table.get(subject) ?? Number.NaN)
          assert.equal(
            times,
            times.toSorted((a, b) => a - b),
          )
          assert.equal(subjects.toSorted(), due.map(([subject]) => subject).toSorted())
          for (const [subject] of due) table.delete(subject)
        }
        assert.is(wakeUps.nextAtMs, Math.min(Number.POSITIVE_INFINITY, ...table.values()))
      }
    }),
    { numRuns: 300 },
  )
})

test.run()
