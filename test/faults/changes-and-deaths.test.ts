import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ArenaMemory } from '../../src/arena/arena-memory.js'
import { SlabState, SlabWord } from '../../src/arena/layout.js'
import { Slabs } from '../../src/arena/slab.js'
import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import type { WorkerDispatcher } from '../../src/dispatcher/dispatcher.js'
import type { TestReceiver } from '../../src/testing/index.js'
import { appWith, withReceiver } from '../support/dispatcher.js'
import { told } from '../support/told.js'

const test = suite('a change of an app and the death of a thread')

const EVENTS = 1000

async function withShard(
  apps: Parameters<typeof appWith>[0],
  run: (dispatcher: WorkerDispatcher) => Promise<void>,
): Promise<void> {
  const dispatcher = await startDispatcher(
    { apps: [appWith(apps)], webhooks: { batching: { duration: 5 } }, dispatcher: { shards: 1 } },
    {},
  )
  try {
    await run(dispatcher)
  } finally {
    await dispatcher.close({ timeout: 1000 })
  }
}

/** Kills the shard's thread. Resolves when another has taken over. */
async function die(dispatcher: WorkerDispatcher) {
  const restarted = told(dispatcher, 'shard-restart')
  await dispatcher.threads[0]?.terminate()
  return restarted
}

const emitMany = (dispatcher: WorkerDispatcher) => {
  const app = dispatcher.app('app')
  for (let index = 0; index < EVENTS; index++) assert.ok(app.channelOccupied(`room-${index}`))
}

const channelsOf = (receiver: TestReceiver) => new Set(receiver.received.map(({ channel }) => channel)).size

test('that follow each other at once lose nothing that was accepted before the app was deleted', () =>
  withReceiver((receiver) =>
    withShard([{ url: receiver.url }], async (dispatcher) => {
      emitMany(dispatcher)
      const deleted = dispatcher.apps.delete('app')
      await die(dispatcher)
      await Promise.all([deleted, dispatcher.flush()])
      assert.is(channelsOf(receiver), EVENTS)
    }),
  ))

test('that follow each other at once send nothing to the new URL that was accepted before it', () =>
  withReceiver((old) =>
    withReceiver((young) =>
      withShard([{ url: old.url }], async (dispatcher) => {
        emitMany(dispatcher)
        const changed = dispatcher.apps.set(appWith([{ url: young.url }]))
        await die(dispatcher)
        dispatcher.app('app').channelOccupied('after')
        await Promise.all([changed, dispatcher.flush()])
        assert.equal([channelsOf(old), young.received.map(({ channel }) => channel)], [EVENTS, ['after']])
      }),
    ),
  ))

test('keep each of several changes in its place', () =>
  withReceiver((receiver) =>
    withShard([{ url: `${receiver.origin}/0` }], async (dispatcher) => {
      const app = dispatcher.app('app')
      const changes: Promise<unknown>[] = []
      for (let turn = 0; turn < 20; turn++) {
        changes.push(dispatcher.apps.set(appWith([{ url: `${receiver.origin}/${turn}` }])))
        app.channelOccupied(String(turn))
      }
      await die(dispatcher)
      await Promise.all([...changes, dispatcher.flush()])
      const places = receiver.requests.flatMap(({ path, events }) => events.map(({ channel }) => [path, `/${channel}`]))
      assert.equal([places.length, places.filter(([path, channel]) => path !== channel)], [20, []])
    }),
  ))

test('leave the shard alive when a deleted endpoint answered 410 to what it still had', () =>
  withReceiver(async (receiver) => {
    const config = {
      apps: [appWith([{ url: receiver.url }]), appWith([{ url: `${receiver.origin}/other` }], { id: 'other' })],
      webhooks: { batching: { duration: 5 }, retry: { initial_backoff_ms: 20, max_backoff_ms: 20 } },
      dispatcher: { shards: 1 },
    }
    await using dispatcher = await startDispatcher(config, {})
    receiver.fail({ status: 503, path: '/webhooks', times: 1 })
    receiver.fail({ status: 410, path: '/webhooks' })
    dispatcher.app('other').channelOccupied('a')
    dispatcher.app('app').channelOccupied('a')
    const dead = told(dispatcher, 'dead-letter')
    await dispatcher.apps.delete('app')
    await dead
    await dispatcher.deadLetters.purge({ app: 'app' })
    await die(dispatcher)
    const accepted = dispatcher.app('other').channelOccupied('b')
    await dispatcher.flush()
    assert.equal([accepted, dispatcher.stats().shard_restarts], [true, 1])
  }))

test('leave a healthy endpoint alive whose former target answered 410 late', () =>
  withReceiver((receiver) =>
    withShard([{ url: `${receiver.origin}/old`, id: 'hook' }], async (dispatcher) => {
      receiver.fail({ status: 410, delayMs: 100, path: '/old' })
      dispatcher.app('app').channelOccupied('a')
      await receiver.nextRequest()
      await dispatcher.apps.set(appWith([{ url: `${receiver.origin}/new`, id: 'hook' }]))
      await dispatcher.flush()
      await die(dispatcher)
      dispatcher.app('app').channelOccupied('b')
      await dispatcher.flush()
      assert.equal(
        receiver.received.map(({ channel }) => channel),
        ['a', 'b'],
      )
    }),
  ))

test('leave the shard alive when a webhook goes, returns and goes again while the host is busy', () =>
  withReceiver((receiver) =>
    withShard([{ url: receiver.url, id: 'stays' }], async (dispatcher) => {
      const both = appWith([
        { url: receiver.url, id: 'stays' },
        { url: `${receiver.origin}/comes-and-goes`, id: 'comes-and-goes' },
      ])
      const one = appWith([{ url: receiver.url, id: 'stays' }])
      receiver.fail({ hang: true, path: '/comes-and-goes' })
      dispatcher.app('app').channelOccupied('first')
      await dispatcher.flush()
      await dispatcher.apps.set(both)
      const gone = dispatcher.apps.set(one)
      const back = dispatcher.apps.set(both)
      dispatcher.app('app').channelOccupied('second')
      const goneAgain = dispatcher.apps.set(one)
      const until = performance.now() + 40
      while (performance.now() < until);
      await Promise.all([gone, back, goneAgain])
      await receiver.waitFor(({ requests }) => requests.some(({ path }) => path === '/comes-and-goes'))
      const { recovery } = await die(dispatcher)
      const accepted = dispatcher.app('app').channelOccupied('third')
      await receiver.waitFor(({ received }) => received.some(({ channel }) => channel === 'third'))
      assert.equal([recovery.quarantined, accepted], [0, true])
    }),
  ))

test('set an inconsistent batch aside, report it and go on', () =>
  withReceiver((receiver) =>
    withShard([{ url: receiver.url }], async (dispatcher) => {
      receiver.fail({ hang: true, times: 1 })
      dispatcher.app('app').channelOccupied('a')
      await receiver.nextRequest()
      const [memory] = dispatcher.memories
      assert.ok(memory !== undefined)
      const arena = new ArenaMemory(memory.arena, memory.shape)
      const slabs = new Slabs(arena)
      arena.forEachUsed((slab) => {
        if (slabs.state(slab) === SlabState.InFlight) slabs.setWord(slab, SlabWord.Endpoint, 4711)
      })
      const { recovery } = await die(dispatcher)
      dispatcher.app('app').channelOccupied('b')
      await receiver.waitFor(({ received }) => received.some(({ channel }) => channel === 'b'))
      const { events } = await dispatcher.close({ timeout: 1000 })
      assert.equal([recovery.quarantined, dispatcher.stats().quarantined_slabs, events], [1, 1, 1])
    }),
  ))

test('do not blame a record that only waits', () =>
  withReceiver(async (receiver) => {
    const apps = [appWith([{ url: receiver.url, event_types: ['client_event'] }])]
    await using dispatcher = await startDispatcher(
      { apps, dispatcher: { shards: 1, arena_bytes: 1024 * 1024 }, webhooks: { batching: { max_bytes: 65_536 } } },
      { intensity: { restarts: 100, withinMs: 1000 } },
    )
    receiver.fail({ hang: true })
    const app = dispatcher.app('app')
    const data = 'x'.repeat(50_000)
    while (app.clientEvent({ channel: 'private-a', event: 'client-e', data }));
    for (let death = 0; death < 4; death++) await die(dispatcher)
    assert.is(dispatcher.stats().quarantined, 0)
    receiver.heal()
  }))

test.run()
