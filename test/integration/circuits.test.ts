import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { WorkerDispatcher } from '../../src/dispatcher/dispatcher.js'
import { appWith, withDispatcher, withReceiver } from '../support/dispatcher.js'
import { told } from '../support/told.js'

const test = suite('circuits')

/** A dispatcher with an app whose webhook's circuit has opened, and with one or two batches that are still tried. */
async function withOpenCircuit(run: (dispatcher: WorkerDispatcher) => Promise<void>): Promise<void> {
  await withReceiver((receiver) =>
    withDispatcher(
      {
        apps: [appWith([{ url: receiver.url, id: 'hook' }])],
        webhooks: {
          batching: { enabled: false },
          retry: { initial_backoff_ms: 1, max_backoff_ms: 5, max_elapsed_time_ms: 1000 },
          circuit_breaker: { min_requests: 1, open_ms: 5, max_open_ms: 5 },
        },
      },
      async (dispatcher) => {
        receiver.fail({ status: 500 })
        const open = told(dispatcher, 'endpoint-open')
        for (const channel of ['a', 'b']) dispatcher.app('app').channelOccupied(channel)
        await open
        await run(dispatcher)
      },
    ),
  )
}

test('of an app that is deleted are counted no longer once its batches have ended', () =>
  withOpenCircuit(async (dispatcher) => {
    await dispatcher.apps.delete('app')
    await dispatcher.flush()
    const { open_circuits, dead_letters } = dispatcher.stats()
    assert.equal([open_circuits, dead_letters], [0, 2])
  }))

test('that opened are reported as closed, by whatever way they go', () =>
  withOpenCircuit(async (dispatcher) => {
    // The one that is open now.
    let open = 1
    dispatcher.on('endpoint-open', () => {
      open += 1
    })
    dispatcher.on('endpoint-closed', () => {
      open -= 1
    })
    await dispatcher.apps.delete('app')
    await dispatcher.flush()
    assert.equal(open, 0)
  }))

test('that a thread had opened are closed, and reported so, by the thread that takes over', () =>
  withOpenCircuit(async (dispatcher) => {
    const closed = told(dispatcher, 'endpoint-closed')
    const restarted = told(dispatcher, 'shard-restart')
    await dispatcher.threads[0]?.terminate()
    const { app, endpoint, reason } = await closed
    await restarted
    assert.equal([app, endpoint, reason], ['app', 'hook', 'failures'])
  }))

test.run()
