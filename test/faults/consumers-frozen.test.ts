// time limit: 300 s

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { inOrder, inQueueWorld } from '../integration/consumers-world.js'
import { until } from '../support/until.js'

const test = suite('a consumer that stands still')

test('is taken over, and sends nothing out of order when it goes on', () =>
  inQueueWorld(async ({ receiver, host, consumer }) => {
    const [only, frozen] = await Promise.all([host(), consumer(), consumer()])
    await only.emit(3)
    await until(() => receiver.hasAll(3))
    receiver.delayMs = 20
    const emitted = only.emit(10)
    await until(() => only.persisted >= 7)
    frozen.freeze()
    await emitted
    await until(() => receiver.hasAll(13))
    frozen.thaw()
    await until(() => frozen.losses.length > 0)
    await only.emit(10)
    await until(() => receiver.hasAll(23))
    assert.equal(receiver.all, inOrder(23))
    assert.equal(new Set(frozen.losses), new Set(['taken-over']))
  }))

test.run()
