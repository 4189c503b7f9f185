// time limit: 300 s

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../support/until.js'
import { ENDPOINTS, inOrder, inQueueWorld } from './consumers-world.js'

const test = suite('processes that consume a queue in Redis')

test('a host that only adds delivers nothing itself, and a consumer delivers all that waits', () =>
  inQueueWorld(async ({ receiver, host, consumer }) => {
    const only = await host()
    await only.emit(20)
    const stats = await only.stats()
    const before = receiver.receipts.length
    await consumer()
    await until(() => receiver.hasAll(20))
    assert.equal([before, stats.attempts, stats.pending_batches], [0, 0, 0])
    assert.equal(receiver.all, inOrder(20))
  }))

test('a host that only adds leaves nothing undelivered once the queue has it', () =>
  inQueueWorld(async ({ host }) => {
    const only = await host()
    await only.emit(5)
    const flushed = await only.flush()
    assert.equal(
      [flushed, await only.close()],
      [
        { events: 0, endpoints: [] },
        { events: 0, endpoints: [] },
      ],
    )
  }))

test('two consumers deliver each event once, in order', () =>
  inQueueWorld(async ({ receiver, host, consumer }) => {
    const [only, one, other] = await Promise.all([host(), consumer(), consumer()])
    await only.emit(30)
    await until(() => receiver.hasAll(30))
    const attempts = [(await one.stats()).attempts, (await other.stats()).attempts]
    assert.equal(receiver.all, inOrder(30))
    assert.is(receiver.receipts.length, new Set(receiver.receipts.map(({ id }) => id)).size)
    assert.ok(attempts.every((count) => count > ENDPOINTS))
  }))

test.run()
