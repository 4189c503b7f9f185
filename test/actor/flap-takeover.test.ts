import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { added, flapRig, names, occupied, removed, WINDOW_MS } from './support/flaps.js'

const test = suite('flaps, taken over by another thread')

test('counts what is held and what is suppressed', () => {
  const rig = flapRig()
  rig.emit(removed('u1'), removed('u2'), removed('u3'), added('u2'))
  assert.equal([rig.count('held_events'), rig.count('suppressed_flaps')], [2, 2])
})

test('goes on holding what a former thread held', () => {
  const rig = flapRig()
  rig.emit(removed('u1'), removed('u2'))
  rig.pass(1000)
  const next = rig.takeOver()
  next.emit(added('u1'))
  next.pass(WINDOW_MS - 1000)
  assert.equal(
    next.told().map(({ user_id }) => user_id),
    ['u2'],
  )
})

test('counts what a former thread held', () => {
  const rig = flapRig()
  rig.emit(removed('u1'), removed('u2'), added('u1'))
  assert.is(rig.takeOver().count('held_events'), 1)
})

test('tells at once what became due while no thread was there', () => {
  const rig = flapRig()
  rig.emit(removed())
  rig.nowMs += 2 * WINDOW_MS
  const next = rig.takeOver()
  next.pass(0)
  assert.equal(names(next), ['member_removed'])
})

test('does not take the first event of a new ring for one that was swallowed', () => {
  const rig = flapRig()
  rig.emit(occupied())
  assert.equal(names(rig), ['channel_occupied'])
})

test('lets a return undo the newest leave alone, also after a thread died', () => {
  const rig = flapRig()
  rig.emit(removed(), removed(), added())
  const next = rig.takeOver()
  next.emit(added())
  next.pass(WINDOW_MS)
  assert.equal(names(next), ['member_added', 'member_removed'])
})

test.run()
