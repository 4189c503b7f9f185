// long
// time limit: 300 s

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { inOrder, inQueueWorld } from '../integration/consumers-world.js'
import { until } from '../support/until.js'

const test = suite('three consumers')

test('lose nothing when two of them die one after the other', () =>
  inQueueWorld(async ({ receiver, host, consumer }) => {
    const [only, first, second] = await Promise.all([host(), consumer(), consumer(), consumer()])
    receiver.delayMs = 5
    const emitted = only.emit(20)
    await until(() => only.persisted >= 5)
    await first.kill()
    await until(() => only.persisted >= 12)
    await second.kill()
    await emitted
    await until(() => receiver.hasAll(20))
    assert.equal(receiver.all, inOrder(20))
  }))

test.run()
