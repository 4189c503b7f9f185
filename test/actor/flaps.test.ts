import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ActorRig, type Emitted, type RigSettings, START_MS } from './support/rig.js'

const test = suite('flaps')

const WINDOW_MS = 3000
const ALL = ['channel_occupied', 'channel_vacated', 'member_added', 'member_removed', 'client_event']
const SETTINGS: RigSettings = { flapWindowMs: WINDOW_MS, endpoints: [{ eventTypes: ALL }] }

const vacated = (channel = 'room'): Emitted => ({ name: 'channel_vacated', channel })
const occupied = (channel = 'room'): Emitted => ({ name: 'channel_occupied', channel })
const removed = (user_id = 'u1', channel = 'presence-a'): Emitted => ({ name: 'member_removed', channel, user_id })
const added = (user_id = 'u1', channel = 'presence-a'): Emitted => ({ name: 'member_added', channel, user_id })

function flapRig(settings: RigSettings = {}): ActorRig {
  return new ActorRig({ ...SETTINGS, ...settings })
}

const leaves = (count: number) => Array.from({ length: count }, (_, index) => removed(`user-${index}`))
const names = (rig: ActorRig, endpoint = 0) => rig.told(endpoint).map(({ name }) => name)

test('tells neither when a channel is left and found again within the window', () => {
  const rig = flapRig()
  rig.emit(vacated())
  rig.pass(WINDOW_MS - 1)
  rig.emit(occupied())
  rig.pass(2 * WINDOW_MS)
  assert.equal(names(rig), [])
})

test('tells neither when a member leaves and returns within the window', () => {
  const rig = flapRig()
  rig.emit(removed(), added())
  rig.pass(WINDOW_MS)
  assert.equal(names(rig), [])
})

test('tells of a leave when the window is over, with the time at which it was emitted', () => {
  const rig = flapRig()
  rig.emit(removed())
  rig.pass(WINDOW_MS)
  assert.equal(rig.told(), [
    { name: 'member_removed', channel: 'presence-a', user_id: 'u1', time_ms: START_MS },
  ])
})

test('tells nothing of a leave before the window is over', () => {
  const rig = flapRig()
  rig.emit(removed())
  rig.pass(WINDOW_MS - 1)
  assert.equal(names(rig), [])
})

test('tells both when the return comes at the end of the window', () => {
  const rig = flapRig()
  rig.emit(removed())
  rig.pass(WINDOW_MS)
  rig.emit(added())
  assert.equal(names(rig), ['member_removed', 'member_added'])
})

test('goes by the times of emission when the shard lags behind', () => {
  const rig = flapRig()
  rig.write(removed('u1'))
  rig.write(removed('u2'))
  rig.write({ ...added('u1'), time_ms: START_MS + WINDOW_MS - 1 })
  rig.write({ ...added('u2'), time_ms: START_MS + WINDOW_MS })
  rig.nowMs += 10 * WINDOW_MS
  rig.drain()
  assert.equal(rig.told().map(({ name, user_id }) => `${name} ${user_id}`), ['member_removed u2', 'member_added u2'])
})

test('tells other events at once', () => {
  const rig = flapRig()
  rig.emit(removed(), { name: 'client_event', channel: 'presence-a' }, added('u2'))
  assert.equal(names(rig), ['client_event', 'member_added'])
})

for (const [what, leave, comeback] of [
  ['user', removed('u1'), added('u2')],
  ['channel', removed('u1', 'presence-a'), added('u1', 'presence-b')],
  ['kind', vacated('presence-a'), added('u1', 'presence-a')],
  ['way to cut channel and user', removed('b', 'a'), added('', 'ab')],
] as const) {
  test(`takes a return of another ${what} for no return`, () => {
    const rig = flapRig()
    rig.emit(leave, comeback)
    rig.pass(WINDOW_MS)
    assert.equal(names(rig), [comeback.name, leave.name])
  })
}

test('tells of a member without a user id at once: nobody can know who returned', () => {
  const rig = flapRig()
  rig.emit({ name: 'member_removed', channel: 'presence-a' })
  assert.equal(names(rig), ['member_removed'])
})

test('holds again what leaves after a flap', () => {
  const rig = flapRig()
  rig.emit(removed(), added(), removed())
  rig.pass(WINDOW_MS)
  assert.equal(names(rig), ['member_removed'])
})

test('tells both of two leaves without a return between, each at its time', () => {
  const rig = flapRig()
  rig.emit(removed())
  rig.pass(1000)
  rig.emit(removed())
  rig.pass(WINDOW_MS)
  assert.equal(rig.told().map(({ time_ms }) => time_ms), [START_MS, START_MS + 1000])
})

test('lets a return undo the last of two leaves', () => {
  const rig = flapRig()
  rig.emit(removed())
  rig.pass(1000)
  rig.emit(removed(), added())
  rig.pass(WINDOW_MS)
  assert.equal(rig.told().map(({ time_ms }) => time_ms), [START_MS])
})

test('tells leaves in the order in which they came', () => {
  const rig = flapRig()
  rig.emit(removed('u1'))
  rig.pass(10)
  rig.emit(removed('u2'), vacated())
  rig.emit(added('u1'))
  rig.pass(WINDOW_MS)
  assert.equal(names(rig), ['member_removed', 'channel_vacated'])
})

test('tells all that is held when it is flushed', () => {
  const rig = flapRig()
  rig.emit(removed('u1'), removed('u2'))
  rig.receive({ kind: 'flush' })
  assert.equal(rig.sizes(), [2])
})

test('holds nothing back when the window is 0', () => {
  const rig = flapRig({ flapWindowMs: 0 })
  rig.emit(removed(), added())
  assert.equal(names(rig), ['member_removed', 'member_added'])
})

test('suppresses the return for an endpoint that wants returns alone', () => {
  const rig = flapRig({ endpoints: [{ eventTypes: ['member_added'] }] })
  rig.emit(removed(), added())
  rig.pass(WINDOW_MS)
  assert.equal(names(rig), [])
})

test('holds nothing that no endpoint would be told of', () => {
  const rig = flapRig({ endpoints: [{ eventTypes: ['client_event'] }] })
  rig.emit(removed(), vacated())
  assert.is(rig.batches.allocator.usedBytes, 0)
})

test('tells each endpoint what it subscribes to when the window is over', () => {
  const rig = flapRig({ endpoints: [{ eventTypes: ['member_removed'] }, { eventTypes: ['channel_vacated'] }] })
  rig.emit(removed(), vacated())
  rig.pass(WINDOW_MS)
  assert.equal([names(rig, 0), names(rig, 1)], [['member_removed'], ['channel_vacated']])
})

test('tells an endpoint that is removed what was held until then', () => {
  const rig = flapRig({ endpoints: [{ eventTypes: ALL }, { eventTypes: ALL }] })
  rig.emit(removed())
  rig.receive({ kind: 'configure', buffers: rig.buffers.slice(0, 1) })
  assert.equal([rig.sizes(1), names(rig, 0)], [[1], ['member_removed']])
})

test('keeps an endpoint that should go as long as the arena has no room for what is held', () => {
  const rig = flapRig()
  rig.emit(removed())
  const giveBack = rig.fillArena()
  const first = rig.receive({ kind: 'configure', buffers: [] })
  giveBack()
  const second = rig.receive({ kind: 'configure', buffers: [] })
  assert.equal([first, second, rig.sizes()], ['stalled', 'done', [1]])
})

test('keeps what is held when an endpoint is added', () => {
  const rig = flapRig()
  rig.emit(removed())
  rig.receive({ kind: 'configure', buffers: [...rig.buffers, rig.buffer(1, { eventTypes: ALL })] })
  rig.emit(added())
  rig.pass(WINDOW_MS)
  assert.equal(names(rig), [])
})

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
  const heldBytes = rig.batches.allocator.usedBytes - (rig.heldBytes.get(0) ?? 0)
  const isBounded = heldBytes <= rig.batches.allocator.totalBytes / 16
  assert.equal([unheld > 0, rig.count('held_events'), names(rig).length, isBounded], [true, 1000 - unheld, unheld, true])
})

test('tells an earlier leave of the same before one that it cannot hold', () => {
  const rig = flapRig()
  rig.emit(removed('first'))
  for (const leave of leaves(900)) rig.emit(leave)
  const before = rig.told().length
  rig.emit(removed('first'))
  assert.equal(rig.told().slice(before).map(({ user_id }) => user_id), ['first', 'first'])
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
  assert.equal(next.told().map(({ user_id }) => user_id), ['u2'])
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
