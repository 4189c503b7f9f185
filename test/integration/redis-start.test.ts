import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { freePort } from '../../scripts/free-port.js'
import { startRedis } from '../../scripts/servers/redis.js'
import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import type { InternalOptions } from '../../src/dispatcher/dispatcher.js'
import { SILENT } from '../../src/dispatcher/events.js'
import { createDispatcher } from '../../src/index.js'
import { until } from '../support/until.js'
import { QUEUE } from './redis-world.js'

const test = suite('a start with a queue in Redis')

async function failureOf(port: number, options: InternalOptions = {}): Promise<string> {
  const environment = { DATABASE_REDIS_PORT: String(port) }
  return startDispatcher(QUEUE, { environment, ...options }).then(
    async (started) => {
      await started.close()
      return ''
    },
    (error: Error) => String(error),
  )
}

test('without a server it says what it needs', async () => {
  const failure = await failureOf(1, { queueTimeoutMs: 200 })
  assert.match(failure, /the queue cannot be used: Redis: .*ECONNREFUSED.*\(given up after \d+ attempts within/)
})

test('it waits for a server that is still being started', async () => {
  const port = await freePort()
  const warnings: string[] = []
  const logger = { ...SILENT, warn: (_: object, message: string) => warnings.push(message) }
  const starting = createDispatcher(QUEUE, { environment: { DATABASE_REDIS_PORT: String(port) }, logger })
  await until(() => warnings.length > 0)
  const redis = await startRedis({ port })
  const dispatcher = await starting
  await dispatcher.close()
  await redis.stop()
  assert.match(warnings[0] ?? '', /the queue cannot be opened yet: Redis: .*ECONNREFUSED.*; trying again/)
})

test('it does not wait for a server that refuses it', async () => {
  const redis = await startRedis({ lines: ['requirepass secret'], client: { password: 'secret' } })
  const failure = await failureOf(redis.port)
  await redis.stop()
  assert.match(failure, /the queue cannot be used: Redis: NOAUTH/)
  assert.not.match(failure, /given up after/)
})

test('a server that drops keys when memory is short is refused', async () => {
  const redis = await startRedis({ lines: ['appendonly no', 'maxmemory-policy allkeys-lru'] })
  const failure = await failureOf(redis.port)
  await redis.stop()
  assert.match(failure, /maxmemory-policy allkeys-lru.*noeviction/)
})

test.run()
