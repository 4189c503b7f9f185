import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { loadedFrom } from '../../src/dispatcher/loaded-config.js'
import { redisCluster, redisServer } from '../../src/dispatcher/redis-server.js'
import type { loadConfig } from '../../src/index.js'

const test = suite('where Redis is')

type Input = Parameters<typeof loadConfig>[0]

async function serverOf(input: object, environment: Readonly<Record<string, string>> = {}) {
  const { config } = await loadedFrom({ queue: { driver: 'redis' }, ...input } as Input, environment)
  return redisServer(config)
}

test('is 127.0.0.1:6379 unless something else is said', async () => {
  const server = await serverOf({})
  assert.equal(server.kind === 'server' && server.address, { host: '127.0.0.1', port: 6379 })
})

test('is what database.redis says, with a password that needs no escapes', async () => {
  const redis = { host: 'rediss://redis.example', port: 6380, db: 2, username: 'me', password: 'a/b c' }
  const server = await serverOf({ database: { redis } })
  assert.equal(server.kind === 'server' && [server.address, server.db, server.credentials, server.tls.enabled], [
    { host: 'redis.example', port: 6380 },
    2,
    { username: 'me', password: 'a/b c' },
    true,
  ])
})

test('is what the environment says, rather than database.redis', async () => {
  const environment = { DATABASE_REDIS_HOST: 'other', DATABASE_REDIS_PORT: '7', DATABASE_REDIS_PASSWORD: 'secret' }
  const server = await serverOf({ database: { redis: { host: 'one', port: 1 } } }, environment)
  assert.equal(server.kind === 'server' && [server.address, server.credentials.password], [
    { host: 'other', port: 7 },
    'secret',
  ])
})

test('is found by sentinels, where there are any', async () => {
  const redis = { host: 'unused', name: 'main', sentinels: [{ host: 's1', port: 1 }], sentinel_password: 'x' }
  const server = await serverOf({ database: { redis } })
  assert.equal(server.kind === 'sentinels' && [server.name, server.sentinels, server.sentinelCredentials.password], [
    'main',
    [{ host: 's1', port: 1 }],
    'x',
  ])
})

test('is url_override rather than sentinels, and REDIS_URL rather than that', async () => {
  const input = {
    queue: { driver: 'redis', redis: { url_override: 'redis://given' } },
    database: { redis: { sentinels: [{ host: 's1', port: 1 }], master_tls: { enabled: true } } },
  }
  const given = await serverOf(input)
  const environment = { REDIS_URL: 'rediss://me:p%40ss@[::1]:7000/3', DATABASE_REDIS_HOST: 'unused' }
  const overridden = await serverOf(input, environment)
  assert.equal(given.kind === 'server' && [given.address, given.tls.enabled], [{ host: 'given', port: 6379 }, true])
  assert.equal(overridden.kind === 'server' && [overridden.address, overridden.credentials, overridden.db], [
    { host: '::1', port: 7000 },
    { username: 'me', password: 'p@ss' },
    3,
  ])
})

test('is the nodes of a cluster, with the credentials of the first', async () => {
  const nodes = ['rediss://:secret@n1:7000', 'rediss://n2:7001']
  const queue = { driver: 'redis-cluster', redis_cluster: { nodes } } as const
  const { config } = await loadedFrom({ queue }, {})
  const server = redisCluster(config)
  assert.equal(server.kind === 'cluster' && [server.nodes, server.credentials, server.tls.enabled], [
    [
      { host: 'n1', port: 7000 },
      { host: 'n2', port: 7001 },
    ],
    { username: null, password: 'secret' },
    true,
  ])
})

test.run()
