import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startReceiver } from '../../src/testing/index.js'
import { testApp } from '../transport/support/endpoint.js'
import { leavesTo, ShardRig } from './support/shard.js'

const test = suite('a batch whose endpoint has no room at its deadline')

const ROUNDS = 3

test('leaves when the request before it is answered, each time again', async () => {
  await using receiver = await startReceiver({ pusher: [testApp] })
  await using rig = new ShardRig({ endpoints: [{ ...leavesTo(receiver.url, 'only'), concurrency: 1 }] })
  for (let round = 1; round <= ROUNDS; round++) {
    rig.emit('channel_vacated', `first-${round}`)
    rig.fireDeadlines()
    rig.emit('channel_vacated', `second-${round}`)
    rig.fireDeadlines()
    await receiver.waitFor(({ received }) => received.length === 2 * round)
  }
  assert.equal(
    receiver.received.map(({ channel }) => channel),
    ['first-1', 'second-1', 'first-2', 'second-2', 'first-3', 'second-3'],
  )
})

test.run()
