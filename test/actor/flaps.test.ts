import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ALL, added, flapRig, names, occupied, removed, vacated, WINDOW_MS } from './support/flaps.js'
import { START_MS } from './support/rig.js'

const test = suite('flaps')

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
  assert.equal(rig.told(), [{ name: 'member_removed', channel: 'presence-a', user_id: 'u1', time_ms: START_MS }])
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
  assert.equal(
    rig.told().map(({ name, user_id }) => `${name} ${user_id}`),
    ['member_removed u2', 'member_added u2'],
  )
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
  assert.equal(
    rig.told().map(({ time_ms }) => time_ms),
    [START_MS, START_MS + 1000],
  )
})

test('lets a return undo the last of two leaves', () => {
  const rig = flapRig()
  rig.emit(removed())
  rig.pass(1000)
  rig.emit(removed(), added())
  rig.pass(WINDOW_MS)
  assert.equal(
    rig.told().map(({ time_ms }) => time_ms),
    [START_MS],
  )
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

test.run()
