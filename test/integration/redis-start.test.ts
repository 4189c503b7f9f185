import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createDispatcher } from '../../src/index.js'
import { startRedis } from '../support/redis.js'
import { QUEUE } from './redis-world.js'

const test = suite('a start with a queue in Redis')

test('a start without a server says what it needs', async () => {
  const started = createDispatcher(QUEUE, { environment: { DATABASE_REDIS_PORT: '1' } })
  const failure = await started.then(
    () => null,
    (error: Error) => error,
  )
  assert.match(String(failure), /the queue cannot be used: Redis: .*ECONNREFUSED/)
})

test('a server that drops keys when memory is short is refused', async () => {
  const redis = await startRedis({ lines: ['appendonly no', 'maxmemory-policy allkeys-lru'] })
  const started = createDispatcher(QUEUE, { environment: { DATABASE_REDIS_PORT: String(redis.port) } })
  const failure = await started.then(
    () => null,
    (error: Error) => error,
  )
  await redis.stop()
  assert.match(String(failure), /maxmemory-policy allkeys-lru.*noeviction/)
})

test.run()
