/**
 * An app for whose events the arena has no room: what was accepted is set aside, in its order and over deaths of the thread, and
 * the other apps of the shard go on.
 */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { APP_FULL } from '../../src/ring/layout.js'
import { Counter } from '../../src/stats/layout.js'
import { isLong } from '../support/effort.js'
import { CrowdedShard } from './support/crowded-shard.js'

const test = suite('an app without room')

/** Slabs of 16 KiB, which are soon used up; there is room for small events then. */
const LARGE = 8000
const SMALL = 100

/** Each webhook's channels, without those that come again. */
function byWebhook(deliveries: readonly string[]): Record<string, readonly string[]> {
  const channels: Record<string, string[]> = {}
  for (const delivery of new Set(deliveries)) {
    const [webhook = '', channel = ''] = delivery.split(' ')
    channels[webhook] = [...(channels[webhook] ?? []), channel]
  }
  return channels
}

test('has its events refused, while those that were accepted are set aside', async () => {
  await using rig = new CrowdedShard(2)
  rig.fill(0, LARGE)
  const refusal = rig.emit(0, 'further', SMALL)
  assert.equal([refusal, rig.shard.counters.get(Counter.set_aside_events)], [APP_FULL, 1])
})

test('keeps no other app waiting', async () => {
  await using rig = new CrowdedShard(2)
  rig.fill(0, LARGE)
  const refusal = rig.emit(1, 'other', SMALL)
  const taken = rig.turn()
  rig.answer(1)
  assert.equal([refusal, taken, rig.acknowledged], [null, 'empty', ['1 other']])
})

test('gets what was set aside when there is room, in its order, and tells of relief', async () => {
  await using rig = new CrowdedShard(1)
  rig.fill(0, LARGE)
  rig.settle()
  assert.equal([rig.acknowledged, rig.reliefs, rig.emit(0, 'again', SMALL)], [rig.accepted.slice(0, -1), [0], null])
})

test('goes on in small batches when its receiver fails, which frees no memory', async () => {
  await using rig = new CrowdedShard(2, 100)
  rig.fill(1, LARGE)
  rig.fill(0, SMALL)
  const before = rig.shard.gather.reserve.holds(0)
  rig.fail('0')
  rig.turn()
  assert.equal([before, rig.shard.gather.reserve.holds(0), rig.emit(0, 'further', SMALL)], [true, false, null])
})

test('is refused still after its thread has died', async () => {
  await using rig = new CrowdedShard(1)
  rig.fill(0, LARGE)
  rig.die()
  assert.is(rig.emit(0, 'further', SMALL), APP_FULL)
})

/** Events that are in the ring, set aside or in a batch. */
function undelivered(rig: CrowdedShard): number {
  const { batched, unread } = rig.leftovers()
  return [...batched.values(), ...unread.values()].reduce((sum, events) => sum + events, 0)
}

test('has no event set aside twice whose thread died before the ring had it back', async () => {
  await using rig = new CrowdedShard(1)
  rig.fill(0, LARGE)
  rig.answer(0)
  rig.turn()
  for (let event = 0; event < 3; event++) rig.emit(0, `more-${event}`, LARGE)
  rig.dieAt(3)
  rig.turn()
  assert.is(undelivered(rig), rig.accepted.length - rig.acknowledged.length)
})

test('has what is set aside counted as undelivered', async () => {
  await using rig = new CrowdedShard(1)
  const events = rig.fill(0, LARGE)
  assert.equal([rig.leftovers().unread.get(0), undelivered(rig)], [1, events])
})

test('does not let a flush end before what is set aside is delivered', async () => {
  await using rig = new CrowdedShard(1)
  const events = rig.fill(0, LARGE)
  let delivered = -1
  rig.shard.flush(() => {
    delivered = rig.acknowledged.length
  })
  rig.settle()
  assert.is(delivered, events)
})

test('is configured again behind what is set aside, and the ring goes on meanwhile', async () => {
  await using rig = new CrowdedShard(2)
  const events = rig.fill(0, LARGE)
  rig.configure(0, ['new'])
  rig.emit(1, 'other', SMALL)
  const taken = rig.turn()
  rig.settle()
  const channels = byWebhook(rig.acknowledged)
  assert.equal([taken, channels['0']?.length, channels['1'], channels.new], ['empty', events, ['other'], undefined])
})

test('loses nothing of a removed endpoint, though its thread dies while the change waits', async () => {
  await using rig = new CrowdedShard(1)
  const events = rig.fill(0, LARGE)
  rig.configure(0, ['new'])
  rig.turn()
  rig.die()
  rig.settle()
  assert.equal([byWebhook(rig.acknowledged)['0']?.length, rig.setAside], [events, []])
})

type Step = (rig: CrowdedShard, index: number) => void
const step = (name: string, run: Step) => ({ run, toString: () => name })

const anyEmit = fc.record({
  app: fc.nat(2),
  bytes: fc.constantFrom(SMALL, 3000, LARGE),
  times: fc.integer({ min: 1, max: 12 }),
})
const steps = [
  {
    weight: 8,
    arbitrary: anyEmit.map(({ app, bytes, times }) =>
      step(`emit ${times} times ${bytes} to ${app}`, (rig, index) => {
        for (let time = 0; time < times; time++) rig.emit(app, `${index}.${time}`, bytes)
      }),
    ),
  },
  { weight: 6, arbitrary: fc.constant(step('turn', (rig) => void rig.turn())) },
  { weight: 4, arbitrary: fc.nat(5).map((pick) => step(`answer ${pick}`, (rig) => rig.answer(pick))) },
  { weight: 1, arbitrary: fc.constant(step('die', (rig) => rig.die())) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1, max: 9 }).map((records) => step(`die at ${records}`, (rig) => rig.dieAt(records))),
  },
]
const change = {
  weight: 2,
  arbitrary: fc
    .record({ app: fc.nat(2), count: fc.nat(2) })
    .map(({ app, count }) =>
      step(`${count} webhooks for ${app}`, (rig) => rig.configure(app, [`${app}`, `${app}'`].slice(0, count))),
    ),
}

async function played(all: readonly { readonly run: Step }[], examine: (rig: CrowdedShard) => void): Promise<void> {
  await using rig = new CrowdedShard(3)
  for (const [index, { run }] of all.entries()) run(rig, index)
  rig.settle()
  examine(rig)
}

test('gets everything in the order in which it was accepted, whatever happens', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(...steps), { maxLength: 100, size: 'max' }), (all) =>
      played(all, (rig) => {
        const { batched, unread } = rig.leftovers()
        assert.equal(byWebhook(rig.acknowledged), byWebhook(rig.accepted))
        assert.equal([batched.size, unread.size, rig.setAside], [0, 0, []])
      }),
    ),
    { numRuns: isLong ? 200 : 60 },
  ))

test('loses nothing, whatever happens and however it is configured', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(...steps, change), { maxLength: 100, size: 'max' }), (all) =>
      played(all, (rig) => {
        const acknowledged = new Set(rig.acknowledged)
        const missing = rig.accepted.filter((delivery) => !acknowledged.has(delivery))
        assert.equal([missing, rig.setAside], [[], []])
      }),
    ),
    { numRuns: isLong ? 200 : 60 },
  ))

test.run()
