// time limit: 300 s

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { emit, SharedBench } from '../integration/shared-bench.js'
import { until } from '../support/until.js'

const test = suite('a queue that dispatchers share, when something dies')

test('goes on when the storage thread of the consumer dies, and the order holds', () =>
  SharedBench.run(async (bench) => {
    bench.answer = (response) => setTimeout(() => response.end(), 20)
    const [host, consumer] = await Promise.all([bench.host(), bench.consumer()])
    const before = await emit(host, 1, 100)
    await until(() => bench.deliveries.length > 2)
    await consumer.storageThread?.terminate()
    const after = await emit(host, 101, 150)
    await until(() => bench.channels.length >= 150)
    assert.equal(bench.channels, [...before, ...after])
  }))

test('goes on when the thread of a shard dies that delivers, and the order holds', () =>
  SharedBench.run(async (bench) => {
    bench.answer = (response) => setTimeout(() => response.end(), 20)
    const [host, consumer] = await Promise.all([bench.host(), bench.consumer()])
    const before = await emit(host, 1, 100)
    await until(() => bench.deliveries.length > 2)
    await consumer.threads[0]?.terminate()
    const after = await emit(host, 101, 150)
    await until(() => bench.channels.length >= 150)
    assert.equal(bench.channels, [...before, ...after])
  }))

test('stores again what is in memory when Redis has lost everything', () =>
  SharedBench.run(async (bench) => {
    let isOpen = false
    bench.answer = (response) => {
      response.statusCode = isOpen ? 200 : 503
      response.end()
    }
    const consumer = await bench.consumer()
    const losses: string[] = []
    consumer.on('queue-lost', ({ reason }) => losses.push(reason))
    const channels = await emit(consumer, 1, 3)
    await until(() => bench.deliveries.length > 1)
    await bench.redis.ask('FLUSHALL')
    await until(() => losses.length > 0)
    isOpen = true
    await until(() => consumer.stats().delivered === 3)
    assert.equal([bench.channels, losses], [channels, ['lost', 'lost'].slice(0, losses.length)])
  }))

test('keeps events in the host while Redis is away, and delivers them when it is back', () =>
  SharedBench.run(async (bench) => {
    const [host] = await Promise.all([bench.host(), bench.consumer()])
    await emit(host, 1, 1)
    await until(() => bench.channels.length === 1)
    await bench.redis.kill()
    const emitted = emit(host, 2, 40)
    await until(() => host.stats().store_failures > 0)
    await bench.redis.start()
    await emitted
    await until(() => bench.channels.length >= 40)
    assert.equal(
      bench.channels,
      Array.from({ length: 40 }, (_, index) => String(index + 1)),
    )
  }))

test.run()
