// long
// time limit: 300 s

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../support/until.js'
import { inOrder, inQueueWorld } from './consumers-world.js'

const test = suite('the sharing of lanes')

test('goes from one to three and to two consumers without a loss or a repeat, and keeps the order', () =>
  inQueueWorld(async ({ receiver, host, consumer }) => {
    const only = await host()
    const first = await consumer()
    receiver.delayMs = 10
    await only.emit(10)
    const [second, third] = await Promise.all([consumer(), consumer()])
    await until(async () => {
      await only.emit(5)
      return (await second.stats()).attempts > 0 && (await third.stats()).attempts > 0
    })
    await Promise.all([first.close(), only.emit(10)])
    await until(() => receiver.hasAll(only.persisted))
    assert.equal(receiver.all, inOrder(only.persisted))
    assert.is(receiver.receipts.length, new Set(receiver.receipts.map(({ id }) => id)).size)
  }))

test('gives what a consumer had left to another at once when it closes', () =>
  inQueueWorld(async ({ receiver, host, consumer }) => {
    const [only, leaving] = await Promise.all([host(), consumer()])
    receiver.status = 503
    await only.emit(5)
    await until(async () => (await leaving.stats()).retries > 0)
    const left = await leaving.close()
    receiver.status = 200
    await consumer()
    await until(() => receiver.hasAll(5))
    assert.equal(left, { events: 0, endpoints: [] })
    assert.equal(receiver.all, inOrder(5))
  }))

test.run()
