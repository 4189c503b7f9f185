// long
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import { ShardDownError } from '../../src/index.js'
import { appWith, withReceiver } from '../support/dispatcher.js'
import { withShardDown } from '../support/shard-down.js'
import { told } from '../support/told.js'

const test = suite('a shard that dies too often')

const APPS = { lost: 'doomed', kept: 'other' }

test('is told of as down, with its number', () =>
  withReceiver(async (receiver) => {
    await using dispatcher = await startDispatcher(
      { apps: [appWith([{ url: receiver.url }])], dispatcher: { shards: 1 } },
      { intensity: { restarts: 1, withinMs: 60_000, downMs: 60_000 } },
    )
    dispatcher.app('app').channelOccupied('first')
    await dispatcher.flush()
    const restarted = told(dispatcher, 'shard-restart')
    const down = told(dispatcher, 'shard-down')
    await dispatcher.threads[0]?.terminate()
    await restarted
    await dispatcher.threads[0]?.terminate()
    const { shard } = await down
    assert.is(shard, 0)
  }))

for (const [how, script] of [
  ['exit', 'process.exit(1)'],
  ['throw', 'throw new Error("broken")'],
] as const) {
  test(`is why a dispatcher is not created whose threads ${how} while they start`, async () => {
    const failure = await startDispatcher(
      { apps: [appWith([{ url: 'http://127.0.0.1:9/' }])], dispatcher: { shards: 2 } },
      { threads: { execArgv: ['--import', `data:text/javascript,${encodeURIComponent(script)}`] } },
    ).catch((error: unknown) => error)
    assert.instance(failure, ShardDownError)
  })
}

test('says when it is tried again, comes back by itself and loses nothing', () =>
  withReceiver(async (receiver) => {
    await using dispatcher = await startDispatcher(
      { apps: [appWith([{ url: receiver.url }])], dispatcher: { shards: 1 } },
      { intensity: { restarts: 0, withinMs: 60_000, downMs: 200 } },
    )
    const app = dispatcher.app('app')
    receiver.fail({ hang: true, times: 1 })
    app.channelOccupied('before')
    await receiver.nextRequest()
    const down = told(dispatcher, 'shard-down')
    const restarted = told(dispatcher, 'shard-restart')
    const drained = told(dispatcher, 'drain')
    await dispatcher.threads[0]?.terminate()
    const { retryInMs } = await down
    const acceptedWhileDown = app.channelOccupied('meanwhile')
    await Promise.all([restarted, drained])
    const acceptedAfter = app.channelOccupied('after')
    await dispatcher.flush()
    assert.equal(
      [retryInMs, acceptedWhileDown, acceptedAfter, receiver.received.map(({ channel }) => channel).toSorted()],
      [200, false, true, ['after', 'before']],
    )
  }))

test('has its events refused by cause', () =>
  withShardDown(APPS, async (dispatcher) => {
    const accepted = dispatcher.app('doomed').channelOccupied('a')
    assert.equal([accepted, dispatcher.stats().refused_shard_down], [false, 1])
  }))

test('does not keep the other shards from serving', () =>
  withShardDown(APPS, async (dispatcher, receiver) => {
    dispatcher.app('other').channelOccupied('second')
    await receiver.waitFor(({ received }) => received.some((event) => event.channel === 'second'))
    assert.is(dispatcher.stats().refused_shard_down, 0)
  }))

test('rejects a flush, also one that comes later', () =>
  withShardDown(APPS, async (dispatcher) => {
    const error: unknown = await dispatcher.flush().catch((reason: unknown) => reason)
    assert.instance(error, ShardDownError)
  }))

test('rejects a change of an app that is on it', () =>
  withShardDown(APPS, async (dispatcher, receiver) => {
    const change = dispatcher.apps.set(appWith([{ url: `${receiver.url}/new` }], { id: 'doomed' }))
    const error: unknown = await change.catch((reason: unknown) => reason)
    assert.instance(error, ShardDownError)
  }))

test('gets no new apps', () =>
  withShardDown(APPS, async (dispatcher, receiver) => {
    await dispatcher.apps.set(appWith([{ url: receiver.url }], { id: 'new' }))
    dispatcher.app('new').channelOccupied('third')
    const event = await receiver.waitFor(({ received }) => received.some(({ channel }) => channel === 'third'))
    assert.is(event, undefined)
  }))

test('leaves what it held to the report of close', () =>
  withReceiver(async (receiver) => {
    receiver.fail({ hang: true })
    const dispatcher = await startDispatcher(
      { apps: [appWith([{ url: receiver.url }])], dispatcher: { shards: 1 } },
      { intensity: { restarts: 0, withinMs: 60_000, downMs: 60_000 } },
    )
    dispatcher.app('app').channelOccupied('held')
    await receiver.nextRequest()
    const down = told(dispatcher, 'shard-down')
    await dispatcher.threads[0]?.terminate()
    await down
    const { events, endpoints } = await dispatcher.close()
    assert.equal([events, endpoints.map(({ app }) => app)], [1, ['app']])
  }))

test.run()
