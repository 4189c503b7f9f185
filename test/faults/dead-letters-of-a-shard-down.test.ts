import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DeadLettersUnavailableError, type Dispatcher } from '../../src/index.js'
import type { TestReceiver } from '../../src/testing/index.js'
import { withShardDown } from '../support/shard-down.js'

const test = suite('dead letters, when a shard is down')

/** A dead letter on each of two shards, of which the one with `lost` has gone down. */
function withDeadLetters(run: (dispatcher: Dispatcher, receiver: TestReceiver) => Promise<void>): Promise<void> {
  const prepare = (receiver: TestReceiver) => receiver.fail({ status: 400, times: 2 })
  return withShardDown({ lost: 'lost', kept: 'kept', prepare }, run)
}

test('are listed from the others, with the shard that is missing', () =>
  withDeadLetters(async (dispatcher) => {
    const { items, cursor, unavailable } = await dispatcher.deadLetters.list()
    assert.equal([items.map(({ app }) => app), cursor, unavailable], [['kept'], null, [0]])
  }))

test('are replayed on the others, and an error says what is missing', () =>
  withDeadLetters(async (dispatcher, receiver) => {
    const error: unknown = await dispatcher.deadLetters.replay({ all: true }).catch((reason: unknown) => reason)
    await receiver.waitFor(({ received }) => received.length === 1)
    assert.equal(error instanceof DeadLettersUnavailableError && [error.code, error.count, error.shards], [
      'DEAD_LETTERS_UNAVAILABLE',
      1,
      [0],
    ])
  }))

test('are purged on the others, and an error says what is missing', () =>
  withDeadLetters(async (dispatcher) => {
    const error: unknown = await dispatcher.deadLetters.purge({ all: true }).catch((reason: unknown) => reason)
    const { items } = await dispatcher.deadLetters.list()
    assert.equal([error instanceof DeadLettersUnavailableError && error.count, items], [1, []])
  }))

test('of one app are listed, replayed and purged when another shard is down', () =>
  withDeadLetters(async (dispatcher) => {
    const { items, unavailable } = await dispatcher.deadLetters.list({ app: 'kept' })
    const replayed = await dispatcher.deadLetters.replay({ app: 'kept' })
    const purged = await dispatcher.deadLetters.purge({ app: 'kept' })
    assert.equal([items.map(({ app }) => app), unavailable, replayed, purged], [['kept'], [], 1, 0])
  }))

test('of an app that the shard had are missed', () =>
  withDeadLetters(async (dispatcher) => {
    const { items, unavailable } = await dispatcher.deadLetters.list({ app: 'lost' })
    assert.equal([items, unavailable], [[], [0]])
  }))

test('of an app that no shard has are looked for on all', () =>
  withDeadLetters(async (dispatcher) => {
    const { unavailable } = await dispatcher.deadLetters.list({ app: 'unknown' })
    assert.equal(unavailable, [0])
  }))

test('of an app that is deleted are still found', () =>
  withDeadLetters(async (dispatcher) => {
    await dispatcher.apps.delete('kept')
    const { items, unavailable } = await dispatcher.deadLetters.list({ app: 'kept' })
    assert.equal([items.length, unavailable], [1, []])
  }))

test.run()
