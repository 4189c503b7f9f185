// time limit: 300 s

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../support/until.js'
import { emit, SharedBench } from './shared-bench.js'

const test = suite('a queue that dispatchers share')

test('keeps the order of parts where a batch is too large, and delivers each event once', () =>
  SharedBench.run(async (bench) => {
    bench.answer = (response, { channels }) => {
      response.statusCode = channels.length > 3 ? 413 : 200
      response.end()
    }
    const [host, consumer] = await Promise.all([bench.host(), bench.consumer()])
    const channels = await emit(host, 1, 10)
    await until(() => consumer.stats().delivered === 10)
    const accepted = bench.deliveries.filter((delivery) => delivery.channels.length <= 3)
    await until(() => consumer.stats().stored_jobs === 0)
    assert.equal(
      accepted.flatMap((delivery) => delivery.channels),
      channels,
    )
  }))

test('has a batch still that was split, when it was closed before all parts were answered', () =>
  SharedBench.run(async (bench) => {
    let isSilent = true
    const answered: string[] = []
    bench.answer = (response, { channels }) => {
      if (channels.length > 1) response.statusCode = 413
      else if (isSilent && channels[0] !== '1') return
      else answered.push(...channels)
      response.end()
    }
    const first = await bench.consumer()
    await emit(first, 1, 3)
    await until(() => bench.deliveries.some(({ channels: [channel, ...more] }) => channel !== '1' && more.length === 0))
    await first.close({ timeout: 0 })
    isSilent = false
    const second = await bench.consumer()
    await until(() => ['1', '2', '3'].every((channel) => answered.includes(channel)))
    await until(() => second.stats().stored_jobs === 0)
  }))

test('makes a dead letter of what is given up, which a host lists and replays', () =>
  SharedBench.run(async (bench) => {
    let status = 400
    bench.answer = (response) => {
      response.statusCode = status
      response.end()
    }
    const [host, consumer] = await Promise.all([bench.host(), bench.consumer()])
    await emit(host, 1, 1)
    await until(() => consumer.stats().failed === 1)
    await until(async () => (await host.deadLetters.list()).items.length === 1)
    const [letter] = (await host.deadLetters.list()).items
    status = 200
    const replayed = await host.deadLetters.replay({ app: 'app' })
    await until(() => consumer.stats().delivered === 1)
    assert.equal([letter?.cause, letter?.status, replayed], ['status', 400, 1])
  }))

test('has a new owner wait as long as the receiver asked the last one to', () =>
  SharedBench.run(async (bench) => {
    bench.answer = (response) => {
      response.statusCode = bench.deliveries.length === 1 ? 429 : 200
      if (bench.deliveries.length === 1) response.setHeader('Retry-After', '4')
      response.end()
    }
    const first = await bench.consumer()
    await emit(first, 1, 1)
    await until(() => first.stats().retries === 1)
    await first.close()
    const second = await bench.consumer()
    await emit(second, 2, 2)
    await until(() => bench.deliveries.length === 3)
    const waitedMs = (bench.deliveries[1]?.atMs ?? 0) - (bench.deliveries[0]?.atMs ?? 0)
    assert.equal(bench.channels, ['1', '2'])
    assert.ok(waitedMs > 3000, `it waited ${waitedMs} ms`)
  }))

test.run()
