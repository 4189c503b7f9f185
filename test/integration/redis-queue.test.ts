import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { until } from '../support/until.js'
import { inWorld, startDispatcher } from './redis-world.js'

const test = suite('a queue in Redis')

test("the specification's example works: events are delivered, and nothing is left in Redis", () =>
  inWorld(async (redis, receiver) => {
    receiver.open()
    const dispatcher = await startDispatcher(redis, receiver.url)
    for (let number = 0; number < 100; number++) {
      dispatcher.emit('app', { name: 'channel_occupied', channel: `channel-${number}` })
    }
    await dispatcher.flush()
    const left = await dispatcher.close()
    assert.equal([receiver.channels.size, left.events, await redis.ask('KEYS', '*')], [100, 0, []])
  }))

test('what one dispatcher has stored is delivered by the next', () =>
  inWorld(async (redis, receiver) => {
    const first = await startDispatcher(redis, receiver.url)
    for (let number = 0; number < 100; number++) {
      first.emit('app', { name: 'channel_occupied', channel: `channel-${number}` })
    }
    await first.persisted()
    await first.close({ timeout: 0 })
    receiver.open()
    const next = await startDispatcher(redis, receiver.url)
    await until(() => receiver.channels.size === 100)
    const { events } = next.recovery
    await next.close()
    assert.is(events, 100)
  }))

test('Redis goes and comes: events are delivered meanwhile, and stored when it is back', () =>
  inWorld(async (redis, receiver) => {
    receiver.open()
    const dispatcher = await startDispatcher(redis, receiver.url)
    const reports: string[] = []
    dispatcher.on('queue-down', ({ reason }) => reports.push(reason))
    dispatcher.on('queue-up', () => reports.push('up'))
    await redis.kill()
    let emitted = 0
    await until(() => {
      emitted += 1
      dispatcher.emit('app', { name: 'channel_occupied', channel: `channel-${emitted}` })
      return reports.length > 0
    })
    await until(() => receiver.channels.size === emitted)
    // What was to be stored is delivered: nothing but a question says that Redis is still away.
    const { store_failures: before } = dispatcher.stats()
    await until(() => dispatcher.stats().store_failures >= before + 3)
    await redis.start()
    await until(() => {
      emitted += 1
      dispatcher.emit('app', { name: 'channel_occupied', channel: `channel-${emitted}` })
      return reports.length > 1
    })
    await dispatcher.flush()
    await dispatcher.close()
    assert.equal([reports, receiver.channels.size], [['down', 'up'], emitted])
  }))

test('Redis loses everything: what is still in memory is stored again', () =>
  inWorld(async (redis, receiver) => {
    const dispatcher = await startDispatcher(redis, receiver.url)
    const losses: string[] = []
    dispatcher.on('queue-lost', ({ reason }) => losses.push(reason))
    for (let number = 0; number < 50; number++) {
      dispatcher.emit('app', { name: 'channel_occupied', channel: `channel-${number}` })
    }
    await dispatcher.persisted()
    await redis.ask('FLUSHALL')
    dispatcher.emit('app', { name: 'channel_occupied', channel: 'channel-50' })
    await until(() => losses.length > 0)
    await dispatcher.persisted()
    await dispatcher.close({ timeout: 0 })
    receiver.open()
    const next = await startDispatcher(redis, receiver.url)
    await until(() => receiver.channels.size === 51)
    await next.close()
    assert.equal(losses, ['lost'])
  }))

test.run()
