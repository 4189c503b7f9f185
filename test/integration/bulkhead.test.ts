import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startReceiver } from '../../src/testing/index.js'
import { appWith, CREDENTIALS, withDispatcher, withReceiver } from '../support/dispatcher.js'

const test = suite('bulkhead')

const LIMIT = 3
const HUNG = Array.from({ length: 4 }, (_, index) => `hung-${index}`)
const BUSY = Array.from({ length: 20 }, (_, index) => `busy-${index}`)

test('delivers although more endpoints hang than a shard may make requests', async () => {
  const hung = await startReceiver({ pusher: [CREDENTIALS] })
  hung.fail({ hang: true })
  try {
    await withReceiver((healthy) =>
      withDispatcher(
        {
          apps: [...HUNG.map((id) => appWith([{ url: hung.url }], { id })), appWith([{ url: healthy.url }])],
          dispatcher: { shards: 1, max_in_flight: LIMIT },
          webhooks: { batching: { enabled: false }, request_timeout_ms: 600_000 },
        },
        async (dispatcher) => {
          for (const id of HUNG) for (const room of [1, 2, 3]) dispatcher.app(id).channelOccupied(`room-${room}`)
          await hung.waitFor(({ requests }) => requests.length >= LIMIT)
          for (let room = 0; room < 10; room++) dispatcher.app('app').channelOccupied(`room-${room}`)
          await healthy.waitFor(({ received }) => received.length >= 10)
          assert.is(healthy.requests.length, 10)
        },
      ),
    )
  } finally {
    await hung.close()
  }
})

test('never makes more requests at once than a shard may', async () => {
  await withReceiver((receiver) =>
    withDispatcher(
      {
        apps: BUSY.map((id) => appWith([{ url: receiver.url }], { id })),
        dispatcher: { shards: 1, max_in_flight: LIMIT },
        webhooks: { batching: { enabled: false } },
      },
      async (dispatcher) => {
        receiver.fail({ delayMs: 5 })
        for (const id of BUSY) for (let room = 0; room < 5; room++) dispatcher.app(id).channelOccupied(`room-${room}`)
        await dispatcher.flush()
        assert.is(receiver.maxInFlight, LIMIT)
      },
    ),
  )
})

test.run()
