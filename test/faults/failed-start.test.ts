import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import { compiledThreads } from '../support/compiled-threads.js'
import { appWith, withReceiver } from '../support/dispatcher.js'
import { failingTakeOver } from '../support/failing-take-over.js'
import { told } from '../support/told.js'

const test = suite('a takeover that throws')

test('ends its thread, so that only the next one reads the ring', () =>
  withReceiver(async (receiver) => {
    const dispatcher = await startDispatcher(
      { apps: [appWith([{ url: receiver.url }])], dispatcher: { shards: 1 } },
      { ...compiledThreads, threads: failingTakeOver },
    )
    try {
      const app = dispatcher.app('app')
      app.channelOccupied('first')
      await dispatcher.flush()
      const restarted = told(dispatcher, 'shard-restart')
      void dispatcher.threads[0]?.terminate()
      for (let event = 0; event < 1000; event++) app.channelOccupied(`room-${event}`)
      await restarted
      await dispatcher.flush()
      const channels = receiver.received.map(({ channel }) => channel)
      assert.equal([channels.length, new Set(channels).size], [1001, 1001])
    } finally {
      await dispatcher.close({ timeout: 1000 })
    }
  }))

test.run()
