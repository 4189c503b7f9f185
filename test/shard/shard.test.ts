import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Counter } from '../../src/stats/layout.js'
import type { TestReceiver } from '../../src/testing/index.js'
import { withReceiver } from '../support/dispatcher.js'
import { testApp } from '../transport/support/endpoint.js'
import { leavesTo, ShardRig } from './support/shard.js'

const test = suite('a shard whose arena is full')

/** A held leave that has room for its copy but not for a batch; everything else is dead letters. */
async function withHeldLeave(
  run: (rig: ShardRig, letters: number, receiver: TestReceiver) => Promise<void>,
): Promise<void> {
  await withReceiver(async (receiver) => {
    const endpoints = [leavesTo(receiver.url, 'first'), leavesTo(receiver.url, 'second')]
    await using rig = new ShardRig({ endpoints, flapWindowMs: 60_000 })
    rig.emit('channel_vacated', 'x'.repeat(900))
    const letters = rig.fillWithDeadLetters(1)
    await run(rig, letters, receiver)
  })
}

const flushed = (rig: ShardRig): Promise<void> => new Promise((resolve) => rig.shard.flush(resolve))

const lettersOf = ({ shard }: ShardRig): string[] =>
  shard.deliver.deadLetters.list({ all: true, limit: Number.POSITIVE_INFINITY, after: null }).map(({ id }) => id)

test('gives the oldest dead letters up for a flush, as few as it needs, and ends it when all is delivered', () =>
  withHeldLeave(async (rig, _, receiver) => {
    const before = lettersOf(rig)
    await flushed(rig)
    const after = lettersOf(rig)
    const kept = before.map((id) => after.includes(id))
    assert.equal(
      [receiver.requests.length, rig.shard.counters.get(Counter.held_events), kept],
      [2, 0, [false, ...before.slice(1).map(() => true)]],
    )
  }))

test('ends a flush that waits for nothing at once', async () => {
  await using rig = new ShardRig({ endpoints: [leavesTo('http://127.0.0.1:9/', 'only')] })
  let isDone = false
  rig.shard.flush(() => {
    isDone = true
  })
  assert.is(isDone, true)
})

test('puts off the change of an app that needs room, and gives a dead letter up for it', () =>
  withHeldLeave(async (rig, letters) => {
    const isPlaced = rig.shard.place(rig.app([0]))
    assert.equal([isPlaced, rig.shard.deliver.deadLetters.size, rig.progress > 0], [false, letters - 1, true])
  }))

test('puts a change in force once there is room, with what was held told to those that were there', () =>
  withHeldLeave(async (rig, _, receiver) => {
    while (!rig.shard.place(rig.app([0])));
    await flushed(rig)
    assert.equal([receiver.requests.length, rig.shard.counters.get(Counter.held_events)], [2, 0])
  }))

test('puts a change that needs no room in force at once', () =>
  withHeldLeave(async (rig, letters) => {
    const isPlaced = rig.shard.place({ ...rig.app([0, 1]), config: { ...testApp, secret: 'rotated' } })
    assert.equal([isPlaced, rig.shard.deliver.deadLetters.size], [true, letters])
  }))

test.run()
