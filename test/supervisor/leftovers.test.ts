import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { leftoverApps, leftovers } from '../../src/supervisor/leftovers.js'
import { ALL, added, flapRig, removed } from '../actor/support/flaps.js'
import { type ActorRig, APP } from '../actor/support/rig.js'
import { atOnce } from '../support/at-once.js'

const test = suite('leftovers')

function left(rig: ActorRig): { readonly batched: readonly number[][]; readonly unread: readonly number[][] } {
  const { ring, arena, shape } = rig.snapshot()
  const { batched, unread } = atOnce(leftovers(ring, arena, shape))
  return { batched: [...batched].sort(), unread: [...unread] }
}

test('are none of what was never emitted', () => {
  assert.equal(left(flapRig()), { batched: [], unread: [] })
})

test('count events in batches by endpoint, sealed or not', () => {
  const rig = flapRig({ maxEvents: 2, endpoints: [{ eventTypes: ALL }, { eventTypes: ['client_event'] }] })
  rig.emit(added(), added(), added(), { name: 'client_event' })
  assert.equal(left(rig), {
    batched: [
      [0, 4],
      [1, 1],
    ],
    unread: [],
  })
})

test('count events that are still in the ring by app', () => {
  const rig = flapRig()
  rig.write(added())
  rig.write(added())
  assert.equal(left(rig), { batched: [], unread: [[APP, 2]] })
})

test('count what is held back, but not what was told or undone', () => {
  const rig = flapRig()
  rig.emit(removed('u1'))
  rig.pass(10)
  rig.emit(removed('u2'), removed('u3'), removed('u4'), added('u3'))
  rig.pass(2995)
  assert.equal(left(rig), { batched: [[0, 1]], unread: [[APP, 2]] })
})

test('name the apps that have a batch', () => {
  const rig = flapRig()
  rig.emit(added())
  const { arena, shape } = rig.snapshot()
  assert.equal([...atOnce(leftoverApps(arena, shape))], [APP])
})

test('name no app whose events are in the ring only', () => {
  const rig = flapRig()
  rig.write(added())
  const { arena, shape } = rig.snapshot()
  assert.equal([...atOnce(leftoverApps(arena, shape))], [])
})

test.run()
