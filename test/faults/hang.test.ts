import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import { appWith, withReceiver } from '../support/dispatcher.js'
import { FaultInjector, faultyThreads } from '../support/fault-injection.js'
import { told } from '../support/told.js'

const test = suite('a thread that hangs')

test('in an endless loop is replaced, and nothing is lost', () =>
  withReceiver(async (receiver) => {
    const injector = new FaultInjector()
    const dispatcher = await startDispatcher(
      { apps: [appWith([{ url: receiver.url }])], dispatcher: { shards: 1 } },
      { threads: faultyThreads, hang: { lookEveryMs: 100, looks: 10, looksAtStart: 600 } },
    )
    try {
      const app = dispatcher.app('app')
      app.channelOccupied('first')
      await dispatcher.flush()
      const restarted = told(dispatcher, 'shard-restart')
      injector.inject('hang', dispatcher.threads[0]?.threadId ?? 0)
      app.channelOccupied('second')
      const { cause } = await restarted
      await dispatcher.flush()
      assert.match(cause.message, /did not respond for 1 s/)
      assert.equal(
        receiver.received.map(({ channel }) => channel),
        ['first', 'second'],
      )
    } finally {
      injector.close()
      await dispatcher.close({ timeout: 1000 })
    }
  }))

test('is not taken for one that is busy: the lag of its event loop shows', () =>
  withReceiver(async (receiver) => {
    await using dispatcher = await startDispatcher(
      { apps: [appWith([{ url: receiver.url }])], dispatcher: { shards: 1 } },
      {},
    )
    dispatcher.app('app').channelOccupied('first')
    await dispatcher.flush()
    assert.type(dispatcher.stats().loop_lag_ms, 'number')
  }))

test.run()
