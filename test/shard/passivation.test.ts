import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { IDLE_MS } from '../../src/gather/passivation.js'
import { startReceiver, type TestReceiver } from '../../src/testing/index.js'
import { monotonicNow } from '../../src/time/clocks.js'
import { testApp } from '../transport/support/endpoint.js'
import { leavesTo, ShardRig } from './support/shard.js'

const test = suite('passivation')

const flushed = (rig: ShardRig): Promise<void> => new Promise((resolve) => rig.shard.flush(resolve))

/** Lets the app be idle for so many looks at it. */
function idle(rig: ShardRig, looks: number): void {
  const { passivation } = rig.shard.gather
  for (let look = 0; look < looks; look++) passivation.run(passivation.nextAtMs)
}

/** Whether either half of the endpoint is there. */
function isLive({ shard }: ShardRig): boolean {
  return shard.deliver.endpoints.find(0) !== undefined || shard.gather.holders.find(0) !== undefined
}

async function withDelivered(run: (rig: ShardRig, receiver: TestReceiver) => Promise<void> | void): Promise<void> {
  await using receiver = await startReceiver({ pusher: [testApp] })
  await using rig = new ShardRig({ endpoints: [leavesTo(receiver.url, 'only')] })
  rig.emit('channel_vacated', 'first')
  await flushed(rig)
  await run(rig, receiver)
}

test('puts an app to rest at the second look, and then looks no more', () =>
  withDelivered((rig) => {
    const seen = [isLive(rig)]
    for (const _ of [1, 2]) {
      idle(rig, 1)
      seen.push(isLive(rig))
    }
    assert.equal([seen, rig.shard.gather.passivation.nextAtMs], [[true, true, false], Number.POSITIVE_INFINITY])
  }))

test('counts the apps that are not at rest', () =>
  withDelivered((rig) => {
    const before = rig.shard.gather.passivation.active
    idle(rig, 2)
    assert.equal([before, rig.shard.gather.passivation.active], [1, 0])
  }))

test('gives an app that is used another look', () =>
  withDelivered(async (rig) => {
    idle(rig, 1)
    rig.emit('channel_vacated', 'second')
    await flushed(rig)
    idle(rig, 1)
    const after = isLive(rig)
    idle(rig, 1)
    assert.equal([after, isLive(rig)], [true, false])
  }))

test('delivers what comes after the rest, signed as before', () =>
  withDelivered(async (rig, receiver) => {
    idle(rig, 2)
    rig.emit('channel_vacated', 'second')
    await flushed(rig)
    const channels = receiver.received.map(({ channel }) => channel)
    assert.equal([channels, receiver.invalid, isLive(rig)], [['first', 'second'], [], true])
  }))

test('lets no app rest that has something in an open batch', () =>
  withDelivered((rig) => {
    rig.emit('channel_vacated', 'second')
    idle(rig, 3)
    assert.is(isLive(rig), true)
  }))

test('lets no app rest that has dead letters', () =>
  withDelivered((rig) => {
    rig.fillWithDeadLetters(0)
    idle(rig, 3)
    assert.is(isLive(rig), true)
  }))

test('lets no app rest that holds a leave', async () => {
  await using rig = new ShardRig({ endpoints: [leavesTo('http://127.0.0.1:9/', 'only')], flapWindowMs: 60_000 })
  rig.emit('channel_vacated', 'held')
  idle(rig, 3)
  assert.is(isLive(rig), true)
})

test('lets no app rest whose endpoint was stopped', () =>
  withDelivered((rig) => {
    rig.shard.deliver.endpoints.get(0).courier?.stop()
    idle(rig, 3)
    assert.is(isLive(rig), true)
  }))

test('puts a change in force that comes while the app is at rest', () =>
  withDelivered((rig) => {
    idle(rig, 2)
    const app = rig.app([0])
    rig.shard.place({ ...app, config: { ...app.config, secret: 'rotated' } })
    assert.equal([rig.shard.gather.apps.placed(0)?.config.secret, isLive(rig)], ['rotated', true])
  }))

test('lets endpoints go that are removed while the app is at rest', () =>
  withDelivered((rig) => {
    idle(rig, 2)
    rig.shard.place(rig.app([]))
    assert.equal(
      [isLive(rig), rig.shard.gather.apps.placed(0)?.endpoints.map(({ active }) => active)],
      [false, [false]],
    )
  }))

test('keeps nothing of an app whose endpoints are gone', () =>
  withDelivered((rig) => {
    rig.shard.place(rig.app([]))
    idle(rig, 2)
    rig.shard.gather.apps.expect({ apps: [], isLast: true })
    assert.equal([rig.shard.gather.apps.get(0), rig.shard.gather.apps.knows(0)], [undefined, true])
  }))

test('looks at an app no earlier than after the idle time', () =>
  withDelivered((rig) => {
    const { passivation } = rig.shard.gather
    const atMs = passivation.nextAtMs
    for (const _ of [1, 2, 3]) passivation.run(atMs - 1)
    assert.equal([isLive(rig), atMs > monotonicNow() + IDLE_MS / 2], [true, true])
  }))

test.run()
