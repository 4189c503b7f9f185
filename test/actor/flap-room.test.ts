import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { slabBytesInUse } from '../arena/support/slab-bytes.js'
import { added, flapRig, leaves, names, removed, WINDOW_MS } from './support/flaps.js'

const test = suite('flaps and the room for them')

test('keeps the rest held when the arena is full at the end of the window, and tells it later', () => {
  const rig = flapRig()
  rig.emit(removed('u1'), removed('u2'))
  const giveBack = rig.fillArena()
  rig.pass(WINDOW_MS)
  const whileFull = names(rig).length
  giveBack()
  rig.pass(100)
  assert.equal([whileFull, names(rig).length], [0, 2])
})

test('does not ask for the next release at once when the arena is full', () => {
  const rig = flapRig()
  rig.emit(removed())
  rig.fillArena()
  rig.pass(WINDOW_MS)
  assert.ok(rig.releases.nextAtMs > rig.nowMs)
})

test('tells a leave at once, and counts it, when the arena has no room to hold it', () => {
  const rig = flapRig()
  rig.emit({ name: 'client_event', channel: 'presence-a' })
  rig.fillArena()
  rig.emit(removed())
  assert.equal([names(rig), rig.count('flaps_not_held')], [['client_event', 'member_removed'], 1])
})

test('counts a leave that it could neither hold nor tell once it has told it', () => {
  const rig = flapRig()
  const giveBack = rig.fillArena()
  rig.emit(removed())
  rig.drain()
  const whileFull = rig.count('flaps_not_held')
  giveBack()
  rig.drain()
  assert.equal([whileFull, rig.count('flaps_not_held'), rig.count('held_events')], [0, 0, 1])
})

test('holds no more than a sixteenth of the arena for one app, and tells the rest at once', () => {
  const rig = flapRig()
  for (const leave of leaves(1000)) rig.emit(leave)
  const unheld = rig.count('flaps_not_held')
  const heldBytes = slabBytesInUse(rig.batches.allocator) - (rig.heldBytes.get(0) ?? 0)
  const isBounded = heldBytes <= rig.batches.allocator.totalBytes / 16
  assert.equal(
    [unheld > 0, rig.count('held_events'), names(rig).length, isBounded],
    [true, 1000 - unheld, unheld, true],
  )
})

test('tells an earlier leave of the same before one that it cannot hold', () => {
  const rig = flapRig()
  rig.emit(removed('first'))
  for (const leave of leaves(900)) rig.emit(leave)
  const before = rig.told().length
  rig.emit(removed('first'))
  assert.equal(
    rig
      .told()
      .slice(before)
      .map(({ user_id }) => user_id),
    ['first', 'first'],
  )
})

test('tells a return of one that it could not hold', () => {
  const rig = flapRig()
  rig.emit(removed('first'))
  for (const leave of leaves(900)) rig.emit(leave)
  const before = rig.told().length
  rig.emit(removed('first'), added('first'))
  assert.equal(names(rig).slice(before), ['member_removed', 'member_removed', 'member_added'])
})

test('gives the memory back when everything held has been told or undone', () => {
  const rig = flapRig()
  rig.emit(...leaves(200))
  rig.emit(...Array.from({ length: 100 }, (_, index) => added(`user-${index}`)))
  rig.pass(WINDOW_MS)
  rig.receive({ kind: 'flush' })
  rig.deliver()
  assert.is(rig.batches.allocator.usedBytes, 0)
})

test.run()
