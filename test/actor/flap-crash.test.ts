import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Snapshot, snapshotsAtStores } from './support/crash.js'
import { FlapModel } from './support/flap-model.js'
import { ActorRig, type Emitted, type RigSettings, START_MS } from './support/rig.js'
import type { Told } from './support/told.js'

const test = suite('flaps, when the thread dies')

const WINDOW_MS = 3000
const SETTINGS: RigSettings = {
  flapWindowMs: WINDOW_MS,
  maxEvents: 3,
  arenaBytes: 256 * 1024,
  endpoints: [
    { eventTypes: ['channel_occupied', 'channel_vacated', 'member_added', 'member_removed'] },
    { eventTypes: ['member_removed', 'channel_occupied'] },
  ],
}

const at = (afterMs: number, name: string, channel: string, user_id?: string): Emitted =>
  user_id === undefined
    ? { name, channel, time_ms: START_MS + afterMs }
    : { name, channel, user_id, time_ms: START_MS + afterMs }

/** Flaps, returns in time and too late, a leave that is repeated, leaves without a return. */
const EVENTS: readonly Emitted[] = [
  at(0, 'member_removed', 'a', 'u1'),
  at(1, 'member_removed', 'a', 'u2'),
  at(2, 'member_added', 'a', 'u1'),
  at(3, 'channel_vacated', 'a'),
  at(4, 'channel_occupied', 'b'),
  at(5, 'member_removed', 'a', 'u1'),
  at(6, 'member_removed', 'a', 'u1'),
  at(7, 'member_added', 'a', 'u1'),
  at(8, 'channel_occupied', 'a'),
  at(9, 'member_removed', 'a', 'u3'),
  at(3500, 'member_added', 'a', 'u2'),
  at(3501, 'member_added', 'a', 'u3'),
  at(3502, 'channel_vacated', 'b'),
  at(3503, 'member_removed', 'a', 'u4'),
]

const tuple = ({ name, channel, user_id, time_ms }: Told | Emitted) => `${name} ${channel} ${user_id ?? ''} ${time_ms}`

function expected(): FlapModel {
  const model = new FlapModel(WINDOW_MS)
  for (const event of EVENTS) model.emit(event, START_MS + 4000)
  model.flush()
  return model
}

/** What every endpoint has been told, how the story ends after a death. */
function outcomes(snapshot: Snapshot): string[][] {
  const next = snapshot.rig.takeOver(snapshot.memory)
  next.drain()
  next.pass(2 * WINDOW_MS)
  return [0, 1].map((endpoint) => next.told(endpoint).map(tuple))
}

/** The memory before and after every atomic store of one thread's life. */
function deaths(): readonly Snapshot[] {
  const rig = new ActorRig(SETTINGS)
  for (const event of EVENTS) rig.write(event)
  rig.nowMs = START_MS + 4000
  return snapshotsAtStores(rig, () => {
    rig.drain()
    rig.pass(WINDOW_MS)
  })
}

test('tells what the model tells, wherever it dies', () => {
  const told = expected().told
  const wanted = [told, told.filter(({ name }) => ['member_removed', 'channel_occupied'].includes(name))]
  const wrong = deaths().filter(
    (snapshot) => JSON.stringify(outcomes(snapshot)) !== JSON.stringify(wanted.map((events) => events.map(tuple))),
  )
  assert.equal(
    wrong.map(({ store }) => store),
    [],
  )
})

test('tells what the model tells, wherever it dies twice', () => {
  const told = expected().told.map(tuple)
  const wrong: string[] = []
  for (const first of deaths().filter((_, index) => index % 7 === 0)) {
    const second = first.rig.takeOver(first.memory)
    const snapshots = snapshotsAtStores(second, () => {
      second.drain()
      second.pass(WINDOW_MS)
    })
    for (const snapshot of snapshots.filter((_, index) => index % 5 === 0)) {
      if (JSON.stringify(outcomes(snapshot)[0]) !== JSON.stringify(told))
        wrong.push(`${first.store}, ${snapshot.store}`)
    }
  }
  assert.equal(wrong, [])
})

test('keeps nothing of the arena in the end, wherever it dies', () => {
  const leaking = deaths().filter((snapshot) => {
    const next = snapshot.rig.takeOver(snapshot.memory)
    next.drain()
    next.pass(2 * WINDOW_MS)
    next.receive({ kind: 'flush' })
    next.deliver()
    return next.batches.allocator.usedBytes > 0
  })
  assert.equal(
    leaking.map(({ store }) => store),
    [],
  )
})

test.run()
