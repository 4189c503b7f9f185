// time limit: 300 s

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { inOrder, inQueueWorld, LEASE_MS } from '../integration/consumers-world.js'
import { until } from '../support/until.js'

const test = suite('a consumer that dies')

test('is taken over within twice its lease: nothing is lost, and the order holds', () =>
  inQueueWorld(async ({ receiver, host, consumer }) => {
    const [only, victim, other] = await Promise.all([host(), consumer(), consumer()])
    await only.emit(5)
    await until(() => receiver.hasAll(5))
    receiver.delayMs = 30
    const emitted = only.emit(15)
    await until(() => only.persisted >= 10)
    await victim.kill()
    const killedAtMs = performance.now()
    await emitted
    await until(() => receiver.hasAll(20))
    const tookMs = performance.now() - killedAtMs
    assert.equal(receiver.all, inOrder(20))
    assert.equal(other.losses, [])
    assert.ok(tookMs < LEASE_MS * 2 + 5000, `it took ${tookMs} ms`)
  }))

test.run()
