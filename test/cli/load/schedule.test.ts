import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createSchedule, lengthInSeconds } from '../../../src/cli/load/schedule.js'

const test = suite('load schedule')

test('at a rate, every event has its time whatever became of those before', () => {
  const schedule = createSchedule({ rate: 100, seconds: 1, events: null })
  assert.equal([schedule.dueAt(0, 500), schedule.dueAt(50, 900)], [0, 500])
})

test('at a rate, there are as many events as the time holds', () => {
  assert.is(createSchedule({ rate: 100, seconds: 1.5, events: null }).events, 150)
})

test('ends at whichever of time and number comes first', () => {
  assert.is(createSchedule({ rate: 100, seconds: 1, events: 40 }).events, 40)
})

test('at a rate, does nothing until the next event is due', () => {
  assert.is(createSchedule({ rate: 100, seconds: 1, events: null }).idleFor(3, 21), 9)
})

test('at a rate, gives late events all the time that they need', () => {
  assert.not(createSchedule({ rate: 100, seconds: 1, events: null }).isOver(5000))
})

test('as fast as accepted, an event is due when it is first offered', () => {
  assert.is(createSchedule({ rate: 'max', seconds: 1, events: null }).dueAt(7, 123), 123)
})

test('as fast as accepted, ends when its time is over', () => {
  const schedule = createSchedule({ rate: 'max', seconds: 1, events: null })
  assert.equal([schedule.isOver(999), schedule.isOver(1000)], [false, true])
})

test('never has an event wait that is due, nor be offered before', () => {
  const rates = fc.double({ min: 0.01, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(rates, fc.double({ min: 0, max: 1e5, noNaN: true }), (rate, elapsedMs) => {
      const schedule = createSchedule({ rate, seconds: 1e6, events: null })
      const due = schedule.dueBy(elapsedMs)
      return schedule.dueAt(due - 1, elapsedMs) <= elapsedMs + 1e-6 && schedule.dueAt(due, elapsedMs) > elapsedMs - 1e-6
    }),
  )
})

test('knows how long it takes where it can be known', () => {
  const lengths = [
    lengthInSeconds({ rate: 'max', seconds: null, events: 10 }),
    lengthInSeconds({ rate: 10, seconds: null, events: 10 }),
    lengthInSeconds({ rate: 10, seconds: 0.5, events: 10 }),
  ]
  assert.equal(lengths, [null, 1, 0.5])
})

test.run()
