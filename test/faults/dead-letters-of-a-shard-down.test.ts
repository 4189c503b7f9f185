import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Dispatcher, startDispatcher } from '../../src/dispatcher.js'
import { DeadLettersUnavailableError } from '../../src/index.js'
import type { TestReceiver } from '../../src/testing/index.js'
import { appWith, withReceiver } from '../support/dispatcher.js'
import { told } from '../support/told.js'

const test = suite('dead letters, when a shard is down')

/** A dead letter on each of two shards, of which the one with `lost` has gone down. */
async function withShardDown(run: (dispatcher: Dispatcher, receiver: TestReceiver) => Promise<void>): Promise<void> {
  await withReceiver(async (receiver) => {
    const apps = ['lost', 'kept'].map((id) => appWith([{ url: receiver.url }], { id }))
    const dispatcher = await startDispatcher(
      { apps, dispatcher: { shards: 2 } },
      { intensity: { restarts: 0, withinMs: 60_000 } },
    )
    try {
      receiver.fail({ status: 400, times: 2 })
      for (const { id } of apps) dispatcher.app(id).channelOccupied('room')
      await dispatcher.flush()
      const down = told(dispatcher, 'shard-down')
      await dispatcher.threads[0]?.terminate()
      await down
      await run(dispatcher, receiver)
    } finally {
      await dispatcher.close({ timeout: 1000 })
    }
  })
}

test('are listed from the others, with the shard that is missing', () =>
  withShardDown(async (dispatcher) => {
    const { items, cursor, unavailable } = await dispatcher.deadLetters.list()
    assert.equal([items.map(({ app }) => app), cursor, unavailable], [['kept'], null, [0]])
  }))

test('are replayed on the others, and an error says what is missing', () =>
  withShardDown(async (dispatcher, receiver) => {
    const error: unknown = await dispatcher.deadLetters.replay({}).catch((reason: unknown) => reason)
    await receiver.waitFor(({ received }) => received.length === 1)
    assert.equal(error instanceof DeadLettersUnavailableError && [error.code, error.count, error.shards], [
      'DEAD_LETTERS_UNAVAILABLE',
      1,
      [0],
    ])
  }))

test('are purged on the others, and an error says what is missing', () =>
  withShardDown(async (dispatcher) => {
    const error: unknown = await dispatcher.deadLetters.purge({}).catch((reason: unknown) => reason)
    const { items } = await dispatcher.deadLetters.list()
    assert.equal([error instanceof DeadLettersUnavailableError && error.count, items], [1, []])
  }))

test('of one app are listed, replayed and purged when another shard is down', () =>
  withShardDown(async (dispatcher) => {
    const { items, unavailable } = await dispatcher.deadLetters.list({ app: 'kept' })
    const replayed = await dispatcher.deadLetters.replay({ app: 'kept' })
    const purged = await dispatcher.deadLetters.purge({ app: 'kept' })
    assert.equal([items.map(({ app }) => app), unavailable, replayed, purged], [['kept'], [], 1, 0])
  }))

test('of an app that the shard had are missed', () =>
  withShardDown(async (dispatcher) => {
    const { items, unavailable } = await dispatcher.deadLetters.list({ app: 'lost' })
    assert.equal([items, unavailable], [[], [0]])
  }))

test('of an app that no shard has are looked for on all', () =>
  withShardDown(async (dispatcher) => {
    const { unavailable } = await dispatcher.deadLetters.list({ app: 'unknown' })
    assert.equal(unavailable, [0])
  }))

test('of an app that is deleted are still found', () =>
  withShardDown(async (dispatcher) => {
    await dispatcher.apps.delete('kept')
    const { items, unavailable } = await dispatcher.deadLetters.list({ app: 'kept' })
    assert.equal([items.length, unavailable], [1, []])
  }))

test.run()
