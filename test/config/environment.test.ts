import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Config, parseConfig, readConfig } from '../../src/config/index.js'
import { credentials, problemsOf } from './support.js'

const test = suite('the environment')

const file = { webhooks: { batching: { enabled: false, duration: 75, size: 10, max_bytes: 2048 } } }

test('wins over the file', () => {
  const environment = {
    WEBHOOK_BATCHING_ENABLED: 'true',
    WEBHOOK_BATCHING_DURATION: '20',
    WEBHOOK_BATCHING_SIZE: '30',
  }
  const { batching } = parseConfig(file, environment)
  assert.equal(batching, { enabled: true, durationMs: 20, maxEvents: 30, maxBytes: 2048 })
})

test('counts where the file says nothing', () => {
  assert.is(parseConfig({}, { WEBHOOK_BATCHING_SIZE: '7' }).batching.maxEvents, 7)
})

test('counts where the file says null', () => {
  assert.is(parseConfig({ webhooks: { batching: null } }, { WEBHOOK_BATCHING_SIZE: '7' }).batching.maxEvents, 7)
})

test('counts in place of a wrong value in the file', () => {
  const wrong = { webhooks: { batching: { size: 'many' } } }
  assert.is(parseConfig(wrong, { WEBHOOK_BATCHING_SIZE: '7' }).batching.maxEvents, 7)
})

test('does not count while it is empty', () => {
  assert.is(parseConfig(file, { WEBHOOK_BATCHING_SIZE: ' ' }).batching.maxEvents, 10)
})

for (const [word, enabled] of [
  ['1', true],
  ['YES', true],
  ['on', true],
  ['0', false],
  ['No', false],
  ['off', false],
] as const) {
  test(`spells ${enabled} as ${word}`, () => {
    assert.is(parseConfig({}, { WEBHOOK_BATCHING_ENABLED: word }).batching.enabled, enabled)
  })
}

for (const [variable, text] of [
  ['WEBHOOK_BATCHING_SIZE', 'lots'],
  ['WEBHOOK_BATCHING_SIZE', '-1'],
  ['WEBHOOK_BATCHING_ENABLED', 'maybe'],
] as const) {
  test(`${variable}=${text} is warned about, and what the file says counts`, () => {
    const { loaded, warnings } = readConfig(file, { [variable]: text })
    assert.equal([loaded?.config.batching, warnings.map(({ path }) => path)], [parseConfig(file).batching, [variable]])
  })
}

test('a number beyond what counts is warned about under the name of the variable', () => {
  const { loaded, warnings } = readConfig({}, { WEBHOOK_BATCHING_SIZE: '0' })
  assert.equal([loaded?.config.batching.maxEvents, warnings[0]?.path], [1, 'WEBHOOK_BATCHING_SIZE'])
})

test('does not hide that the section is no object', () => {
  assert.throws(() => parseConfig({ webhooks: 5 }, { WEBHOOK_BATCHING_SIZE: '7' }), /webhooks: a number was given/)
})

const redis = { queue: { driver: 'redis' } }
const mysql = { app_manager: { driver: 'mysql' } }
const pgsql = { app_manager: { driver: 'pgsql' } }

/** Variables, what they are laid over, and what of the configuration they set. */
const SET: readonly (readonly [Record<string, string>, object, (config: Config) => unknown, unknown])[] = [
  [{ QUEUE_DRIVER: 'Memory' }, redis, ({ queue }) => queue.driver, 'memory'],
  [{ QUEUE_DRIVER: 'none' }, {}, ({ enabled }) => enabled, false],
  [{ APP_MANAGER_DRIVER: 'PostgreSQL' }, mysql, ({ appManager }) => appManager.driver, 'pgsql'],
  [{ DATABASE_REDIS_HOST: 'r', DATABASE_REDIS_PORT: '7' }, redis, ({ database }) => database.redis.host, 'r'],
  [{ DATABASE_REDIS_PORT: '7' }, redis, ({ database }) => database.redis.port, 7],
  [{ DATABASE_REDIS_DB: '2' }, redis, ({ database }) => database.redis.db, 2],
  [{ DATABASE_REDIS_USERNAME: 'u' }, redis, ({ database }) => database.redis.username, 'u'],
  [{ DATABASE_REDIS_PASSWORD: ' p ' }, redis, ({ database }) => database.redis.password, ' p '],
  [{ DATABASE_REDIS_SENTINEL_PASSWORD: 'p' }, redis, ({ database }) => database.redis.sentinelPassword, 'p'],
  [{ DATABASE_REDIS_MASTER_TLS_ENABLED: 'on' }, redis, ({ database }) => database.redis.masterTls.enabled, true],
  [{ DATABASE_REDIS_SENTINEL_TLS_CA_PATH: 'c' }, redis, ({ database }) => database.redis.sentinelTls.caPath, 'c'],
  [{ QUEUE_REDIS_CONCURRENCY: '9' }, redis, ({ queue }) => queue.redis.concurrency, 9],
  [{ QUEUE_REDIS_PREFIX: 'p:' }, redis, ({ queue }) => queue.redis.prefix, 'p:'],
  [{ QUEUE_REDIS_RESPONSE_TIMEOUT_MS: '0' }, redis, ({ queue }) => queue.redis.responseTimeoutMs, 0],
  [
    { REDIS_URL: 'redis://url/', DATABASE_REDIS_HOST: 'r' },
    { queue: { driver: 'redis', redis: { url_override: 'redis://file/' } } },
    ({ queue }) => queue.redis.urlOverride,
    'redis://url/',
  ],
  [
    { DATABASE_REDIS_CLUSTER_NODES: 'redis://b:1, redis://c:2,', REDIS_CLUSTER_NODES: 'redis://a' },
    { queue: { driver: 'redis-cluster' } },
    ({ queue }) => queue.redisCluster.nodes,
    ['redis://b:1', 'redis://c:2'],
  ],
  [
    { REDIS_CLUSTER_QUEUE_PREFIX: 'p', REDIS_CLUSTER_QUEUE_CONCURRENCY: '3' },
    { queue: { driver: 'redis-cluster' } },
    ({ queue }) => [queue.redisCluster.prefix, queue.redisCluster.concurrency],
    ['p', 3],
  ],
  [
    { QUEUE_SQS_REGION: 'eu-west-1', QUEUE_SQS_FIFO: '1', QUEUE_SQS_MAX_MESSAGES: '50' },
    { queue: { driver: 'sqs' } },
    ({ queue }) => [queue.sqs.region, queue.sqs.fifo, queue.sqs.maxMessages],
    ['eu-west-1', true, 10],
  ],
  [
    { DATABASE_MYSQL_HOST: 'm', DATABASE_MYSQL_TABLE_NAME: 't', DATABASE_MYSQL_POOL_MAX: '4', DATABASE_POOL_MAX: '9' },
    mysql,
    ({
      database: {
        mysql: { host, tableName, poolMin, poolMax },
      },
    }) => [host, tableName, poolMin, poolMax],
    ['m', 't', 2, 4],
  ],
  [
    { DATABASE_POSTGRES_PORT: '5432', DATABASE_POSTGRES_PASSWORD: 'p', DATABASE_POSTGRES_TABLE_NAME: 'not read' },
    pgsql,
    ({ database: { postgres } }) => [postgres.port, postgres.password, postgres.tableName],
    [5432, 'p', 'applications'],
  ],
  [
    { DATABASE_POOLING_ENABLED: 'no', DATABASE_CONNECTION_POOL_SIZE: '33' },
    pgsql,
    ({ database: { postgres } }) => [postgres.poolMin, postgres.poolMax],
    [0, 33],
  ],
  [
    { AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's', DATABASE_DYNAMODB_REGION: 'eu-west-1' },
    { app_manager: { driver: 'dynamodb' } },
    ({ database: { dynamodb } }) => [dynamodb.accessKeyId, dynamodb.secretAccessKey, dynamodb.region],
    ['k', 's', 'eu-west-1'],
  ],
  [{ CACHE_TTL_SECONDS: '60' }, mysql, ({ appManager }) => appManager.pollIntervalMs, 60_000],
]

for (const [environment, input, read, expected] of SET) {
  test(`${Object.keys(environment).join(', ')} set their part and are named`, () => {
    const { loaded } = readConfig(input, environment)
    assert.equal(loaded && read(loaded.config), expected)
  })
}

test('of a driver that Sockudo alone has, the variable is named', () => {
  for (const [name, path] of [
    ['rabbit-mq', 'QUEUE_DRIVER'],
    ['nonsense', 'QUEUE_DRIVER'],
  ] as const) {
    assert.equal(
      problemsOf(() => parseConfig({}, { QUEUE_DRIVER: name })).map((problem) => problem.path),
      [path],
    )
  }
})

test('the variables that were used are named, and no others', () => {
  const environment = { WEBHOOK_BATCHING_SIZE: '7', REDIS_URL: 'redis://a', AWS_ACCESS_KEY_ID: 'k', PATH: '/bin' }
  assert.equal(
    [{}, redis].map((input) => readConfig(input, environment).loaded?.variables),
    [['WEBHOOK_BATCHING_SIZE'], ['REDIS_URL', 'WEBHOOK_BATCHING_SIZE']],
  )
})

const inline = { app_manager: { array: { apps: [credentials] } }, apps: [{ ...credentials, id: 'other' }] }
const idsOf = (environment: Record<string, string>) => parseConfig(inline, environment).apps.map(({ id }) => id)
const credentialsOfDefault = {
  SOCKUDO_DEFAULT_APP_ID: 'default',
  SOCKUDO_DEFAULT_APP_KEY: 'k',
  SOCKUDO_DEFAULT_APP_SECRET: 's',
}

test('drops the apps of the file', () => {
  const dropping = [{ SOCKUDO_SKIP_INLINE_APPS: 'true' }, { APP_MANAGER_REGISTER_INLINE_APPS: '0' }]
  assert.equal([...dropping, { SOCKUDO_DEFAULT_APP_ENABLED: 'false' }].map(idsOf), [[], [], []])
})

test('keeps the apps of the file', () => {
  const keeping = [{ SOCKUDO_SKIP_INLINE_APPS: 'false' }, { APP_MANAGER_REGISTER_INLINE_APPS: '1' }]
  assert.equal([...keeping, { SOCKUDO_DEFAULT_APP_ENABLED: 'true' }].map(idsOf), [
    ['app', 'other'],
    ['app', 'other'],
    ['app', 'other'],
  ])
})

test('replaces the apps of the file by one of its own', () => {
  const { apps } = parseConfig(inline, credentialsOfDefault)
  assert.equal(
    apps.map(({ id, key, secret, enabled, webhooks }) => ({ id, key, secret, enabled, webhooks })),
    [{ id: 'default', key: 'k', secret: 's', enabled: true, webhooks: [] }],
  )
})

test('a default app that lacks a credential is refused, and the variable is named', () => {
  const { SOCKUDO_DEFAULT_APP_SECRET: _, ...incomplete } = credentialsOfDefault
  assert.equal(
    problemsOf(() => parseConfig(inline, incomplete)).map(({ path }) => path),
    ['SOCKUDO_DEFAULT_APP_SECRET'],
  )
})

test.run()
