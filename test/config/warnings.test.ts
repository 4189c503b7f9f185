import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type AppInput, parseApp, parseConfig, readApp, readConfig, validateWebhook } from '../../src/config/index.js'
import { credentials, inWebhook, pathsOf, withWebhook } from './support.js'

const test = suite('the warnings of a configuration')

const warningsOf = (input: unknown) => readConfig(input, {}).warnings.map(({ path }) => path)

/** What is warned about and has no effect, or another than it says: the input and the path. */
const WARNED: readonly (readonly [string, object, string])[] = [
  ['an unknown key at the top', { webhook_settings: 1 }, 'webhook_settings'],
  ['an unknown key of the global settings', { webhooks: { process_id: 'x' } }, 'webhooks.process_id'],
  ['an unknown key of the queue', { queue: { broker: 1 } }, 'queue.broker'],
  ['an unknown key of an app', { apps: [{ ...credentials, name: 'x' }] }, 'apps[0].name'],
  ['an unknown key of a policy', { apps: [{ ...credentials, policy: { quotas: {} } }] }, 'apps[0].policy.quotas'],
  ['an unknown key of a webhook', withWebhook({ description: 'x' }), inWebhook('.description')],
  ['an unknown key of a function', lambda({ async: true }), inWebhook('.lambda.async')],
  ['an empty prefix', withWebhook({ filter: { channel_prefix: '' } }), inWebhook('.filter.channel_prefix')],
  ['an empty pattern', withWebhook({ filter: { channel_pattern: '' } }), inWebhook('.filter.channel_pattern')],
  ['no events in a batch', { webhooks: { batching: { size: '0' } } }, 'webhooks.batching.size'],
  ['no time for a batch', { webhooks: { batching: { duration: 0 } } }, 'webhooks.batching.duration'],
  [
    'more time than there is',
    { webhooks: { retry: { max_elapsed_time_ms: 1e300 } } },
    'webhooks.retry.max_elapsed_time_ms',
  ],
  ['a misspelt key of a section of a driver', { queue: { redis: { prefxi: 'x' } } }, 'queue.redis.prefxi'],
  ['a wrong value of a driver that is not used', { queue: { redis: { prefix: '' } } }, 'queue.redis.prefix'],
  ['a section of a driver that is not used', { database: { mysql: 'x' } }, 'database.mysql'],
]

function lambda(further: object): object {
  return withWebhook({ url: null, lambda: { function_name: 'f', ...further } })
}

for (const [what, input, path] of WARNED) {
  test(`${what} is a warning at ${path}`, () => {
    assert.equal([pathsOf(input), warningsOf(input)], [[], [path]])
  })
}

/** What is refused where it is used. */
const REFUSED: readonly (readonly [object, string])[] = [
  [{ queue: { driver: 'redis', redis: { prefix: '' } } }, 'queue.redis.prefix'],
  [{ queue: { driver: 'redis', redis: { concurrency: 0 } } }, 'queue.redis.concurrency'],
  [{ app_manager: { driver: 'mysql' }, database: { mysql: 'x' } }, 'database.mysql'],
  [{ app_manager: { driver: 'scylladb' } }, 'app_manager.driver'],
]

for (const [input, path] of REFUSED) {
  test(`${path} is refused where it is used`, () => {
    assert.equal(pathsOf(input), [path])
  })
}

/** Keys that look misspelt: the input, the path, and the key that is meant. */
const MISSPELT: readonly (readonly [object, string])[] = [
  [{ webhoks: {} }, 'webhoks'],
  [{ queues: {} }, 'queues'],
  [{ webhooks: { batching: { duratoin: 1 } } }, 'webhooks.batching.duratoin'],
  [{ app_manager: { drivr: 'mysql' } }, 'app_manager.drivr'],
  [{ app_manager: { array: { app: [] } } }, 'app_manager.array.app'],
  [{ apps: [{ ...credentials, webhoks: [] }] }, 'apps[0].webhoks'],
  [{ apps: [{ ...credentials, policy: { webhook: [] } }] }, 'apps[0].policy.webhook'],
  [withWebhook({ filter: { channelPrefix: 'a' } }), inWebhook('.filter.channelPrefix')],
  [withWebhook({ retry: { maxElapsedTimeMs: 1 } }), inWebhook('.retry.maxElapsedTimeMs')],
]

for (const [input, path] of MISSPELT) {
  test(`${path} looks misspelt and is refused`, () => {
    assert.equal(pathsOf(input), [path])
  })
}

test('a key of a filter that is unknown is said to filter nothing', () => {
  const [warning] = readConfig(withWebhook({ filter: { channel: 'x' } }), {}).warnings
  assert.is(warning?.message, `${inWebhook('.filter.channel')}: this key is unknown and filters nothing`)
})

test("Sockudo's own sections fail no load and give no warning, whatever is in them", () => {
  const input = {
    ...{ debug: true, adapter: 5, push_rules: {}, cache: 'x', ssl: [], cors: null },
    queue: { reliability: 'x', sns: 5, nats: [], iggy: {}, kafka: { brokers: 1 }, redis: { cluster_mode: 'x' } },
    database: { surrealdb: 5, scylladb: [], redis: { key_prefix: 5, cluster: 'x', cluster_nodes: 1 } },
    app_manager: { scylladb: 5 },
    apps: [{ ...credentials, max_connections: 'x', policy: { limits: 5, channels: 'x' }, idempotency: 1 }],
  }
  assert.equal([pathsOf(input), warningsOf(input)], [[], []])
})

test('the nodes of a Redis Cluster may lack their scheme, and when none is named they are the usual ones', () => {
  const nodesOf = (nodes: readonly string[]) =>
    parseConfig({ queue: { driver: 'redis-cluster', redis_cluster: { nodes } } }).queue.redisCluster.nodes
  assert.equal(
    [nodesOf(['a:7000', 'rediss://b:1']), nodesOf([])],
    [
      ['redis://a:7000', 'rediss://b:1'],
      ['redis://127.0.0.1:7000', 'redis://127.0.0.1:7001', 'redis://127.0.0.1:7002'],
    ],
  )
})

const RESERVED = [
  ...['X-Pusher-Key', 'x-pusher-signature', 'Content-Type', 'CONTENT-LENGTH', 'host', 'transfer-encoding'],
  ...['Connection', 'webhook-id', 'Webhook-Timestamp', 'webhook-signature'],
]

for (const name of RESERVED) {
  test(`the header ${name} is dropped with a warning, and the others stay`, () => {
    const { loaded, warnings } = readConfig(withWebhook({ headers: { [name]: 'a', 'X-A': 'b' } }), {})
    const target = loaded?.config.apps[0]?.webhooks[0]?.target
    assert.equal([target?.kind === 'http' && target.headers, warnings.length], [{ 'X-A': 'b' }, 1])
  })
}

test('the headers of a function are dropped with a warning', () => {
  assert.equal(warningsOf(lambda({})), [])
  const input = withWebhook({ url: null, lambda_function: 'f', headers: { a: 'b' } })
  assert.equal([pathsOf(input), warningsOf(input)], [[], [inWebhook('.headers')]])
})

const hook = { url: 'https://example.com/', event_types: ['member_added'] }

test('a policy wins over flat options as a whole, and the warning names what is ignored', () => {
  const app = {
    ...credentials,
    max_connections: 5,
    policy: { limits: {} },
    webhooks: [hook],
    enable_client_messages: true,
  }
  const { loaded, warnings } = readConfig({ apps: [app] }, {})
  assert.equal(
    [loaded?.config.apps[0]?.webhooks, warnings.map(({ message }) => message)],
    [
      [],
      [
        'apps[0].webhooks: the app has a policy, which takes precedence: webhooks, max_connections, enable_client_messages beside it are ignored',
      ],
    ],
  )
})

for (const webhooks of [null, [], [hook], JSON.stringify([hook]), 'null']) {
  test(`flat webhooks ${JSON.stringify(webhooks)} beside a policy with the same or none to lose are no warning`, () => {
    const { app, warnings } = readApp({ ...credentials, policy: { webhooks: [hook] }, webhooks }, parseConfig({}))
    assert.equal([app.webhooks.length, warnings], [1, []])
  })
}

const twice = (value: unknown) => JSON.stringify(JSON.stringify(value))

/** Forms in which databases hold the same app. */
const FORMS: Readonly<Record<string, object>> = {
  'flat webhooks': { webhooks: [hook] },
  'flat webhooks as text': { webhooks: JSON.stringify([hook]) },
  'flat webhooks encoded twice': { webhooks: twice([hook]) },
  'a policy': { policy: { webhooks: [hook] } },
  'a policy as text': { policy: JSON.stringify({ webhooks: [hook] }) },
  'a policy encoded twice': { policy: twice({ webhooks: [hook] }) },
  'webhooks as text in a policy': { policy: { webhooks: JSON.stringify([hook]) } },
  'a policy that is the text null': { policy: 'null', webhooks: [hook] },
  'a policy that is null': { policy: null, webhooks: [hook] },
  'filter and headers as text': { webhooks: [{ ...hook, filter: '{}', headers: 'null' }] },
  'columns beside': { webhooks: [hook], created_at: new Date(0), idx: 1, tenant: 'x', secre: 'y' },
  'true as 1': { webhooks: [hook], enabled: 1 },
}

for (const [form, record] of Object.entries(FORMS)) {
  test(`a record with ${form} is read without a warning`, () => {
    const expected = parseApp({ ...credentials, webhooks: [hook] } as AppInput, parseConfig({}))
    const { app, warnings } = readApp({ ...credentials, ...record }, parseConfig({}), { isRecord: true })
    assert.equal([app, warnings], [expected, []])
  })
}

for (const [form, record] of Object.entries({ ...FORMS, 'a policy and others': { policy: {}, webhooks: [hook] } })) {
  test(`a record with ${form} is the same app where nobody reads the warnings`, () => {
    const read = (isUnheard: boolean) => {
      return readApp({ ...credentials, ...record }, parseConfig({}), { isRecord: true, isUnheard }).app
    }
    assert.equal(read(true), read(false))
  })
}

test('a record whose enabled is 0 is off', () => {
  assert.is(parseApp({ ...credentials, enabled: 0 } as unknown as AppInput, parseConfig({})).enabled, false)
})

test('the id and the key of a SurrealDB record win over those of its payload', () => {
  const payload = JSON.stringify({ ...credentials, policy: { webhooks: [hook] } })
  const { id, key, secret, webhooks } = parseApp({ id: 'record', key: 'its-key', payload }, parseConfig({}))
  assert.equal([id, key, secret, webhooks.length], ['record', 'its-key', 'app-secret', 1])
})

test('headers below a second headers are read, and a header of that name too', () => {
  const headersOf = (headers: object) => {
    const target = readConfig(withWebhook({ headers }), {}).loaded?.config.apps[0]?.webhooks[0]?.target
    return target?.kind === 'http' && target.headers
  }
  assert.equal([headersOf({ headers: { a: 'b' } }), headersOf({ headers: 'b' })], [{ a: 'b' }, { headers: 'b' }])
})

/** Values in every place of a configuration, and of an app. */
const keys = fc.constantFrom(
  ...['webhooks', 'queue', 'redis', 'apps', 'app_manager', 'array', 'policy', 'filter', 'headers', 'retry', 'batching'],
  ...[
    'id',
    'key',
    'secret',
    'url',
    'driver',
    'size',
    'enabled',
    'tls',
    'ca',
    'payload',
    'channel_pattern',
    '__proto__',
  ],
  ...['event_types', 'lambda', 'initial_backoff_ms', 'max_backoff_ms', 'database', 'mysql', 'nodes', 'a b', ''],
)
const { anything } = fc.letrec((tie) => ({
  anything: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      null,
      true,
      0,
      Number.POSITIVE_INFINITY,
      -1,
      Number.NaN,
      '',
      'memory',
      'redis',
      '[{}]',
      '{"webhooks":5}',
      ' HTTP://a b ',
      '(?x[',
    ),
    fc.array(tie('anything'), { maxLength: 3 }),
    fc.dictionary(keys, tie('anything'), { maxKeys: 6 }),
    fc.constant(new Date(0)),
  ),
}))

test('whatever is given gives a configuration or problems, and stays as it is', () => {
  fc.assert(
    fc.property(anything, (input) => {
      const before = structuredClone(input)
      const { loaded, problems } = readConfig(input, { QUEUE_DRIVER: 'memory', SOCKUDO_SKIP_INLINE_APPS: '0' })
      validateWebhook(input)
      assert.equal(structuredClone(input), before)
      return (loaded === null) === problems.length > 0
    }),
    { numRuns: 1000 },
  )
})

test('an object that cannot become a primitive value is a problem, wherever a number is expected', () => {
  for (const key of ['initial_backoff_ms', 'max_backoff_ms', 'max_attempts'])
    for (const other of [{}, { initial_backoff_ms: 5 }, { max_backoff_ms: 5 }]) {
      const retry = { ...other, [key]: Object.create(null) }
      assert.equal(
        readConfig({ webhooks: { retry } }, {}).problems.map(({ path }) => path),
        [`webhooks.retry.${key}`],
      )
    }
})

test('validateWebhook gives the problems of one webhook, with paths that start at it', () => {
  assert.equal(
    [hook, { url: 'x', event_types: [], filtr: {} }, 'x'].map((webhook) =>
      validateWebhook(webhook).map(({ path }) => path),
    ),
    [[], ['filtr', 'url', 'event_types'], ['configuration']],
  )
})

test.run()
