import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type AppInput, type ConfigInput, parseApp, parseConfig } from '../../src/config/index.js'
import { defaultShards, processCores } from '../../src/host/process-cores.js'
import { credentials, withWebhook } from './support.js'

const test = suite('parseConfig and parseApp')

const onlyWebhookOf = (input: object) => parseConfig(input).apps[0]?.webhooks[0]

test('nothing given: every default', () => {
  const { queue: _, database: __, appManager: ___, ...rest } = parseConfig({})
  assert.equal(rest, {
    enabled: true,
    batching: { enabled: true, durationMs: 50, maxEvents: 100, maxBytes: 262_144 },
    payloadFormat: 'envelope',
    flapWindowMs: 0,
    egress: { policy: 'no-metadata', allow: [] },
    dispatcher: {
      shards: defaultShards(processCores()),
      ringBytes: 4_194_304,
      arenaBytes: 67_108_864,
      onFull: 'refuse',
      endpointShare: 0.25,
      maxInFlight: 1024,
      coreYield: true,
    },
    deadLetters: { arenaShare: 0.25 },
    defaults: {
      requestTimeoutMs: 10_000,
      retry: {
        enabled: true,
        maxAttempts: null,
        maxElapsedMs: 300_000,
        initialBackoffMs: 1000,
        maxBackoffMs: 60_000,
      },
      circuitBreaker: {
        enabled: true,
        windowMs: 10_000,
        minRequests: 10,
        failureRate: 0.5,
        openMs: 5000,
        maxOpenMs: 60_000,
      },
      concurrency: 4,
      rateLimit: null,
      signatures: ['pusher'],
      proxy: null,
      localAddress: null,
      http2: false,
    },
    apps: [],
  })
})

test('an integer may be a string of digits', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600_000 }), (duration) => {
      const { batching } = parseConfig({ webhooks: { batching: { duration: String(duration) } } })
      return batching.durationMs === duration
    }),
  )
})

test('a share may be a string', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), (thousandths) => {
      const { deadLetters } = parseConfig({ dead_letters: { arena_share: (thousandths / 1000).toFixed(3) } })
      return deadLetters.arenaShare === thousandths / 1000
    }),
  )
})

test('a truth value may be a string', () => {
  const { enabled, batching } = parseConfig({ webhooks: { enabled: 'false', batching: { enabled: 'true' } } })
  assert.equal([enabled, batching.enabled], [false, true])
})

test("other sections and an app's other keys are Sockudo's", () => {
  const input: ConfigInput = {
    debug: false,
    rate_limiter: { driver: 'memory' },
    queue: { iggy: { stream: 'sockudo' } },
    app_manager: {
      driver: 'memory',
      cache: { enabled: false },
      array: { apps: [{ ...credentials, max_connections: '9' }] },
    },
  }
  assert.equal(
    parseConfig(input).apps.map(({ id }) => id),
    ['app'],
  )
})

test('apps may stand at the top as well', () => {
  const input = { app_manager: { array: { apps: [credentials] } }, apps: [{ ...credentials, id: 'other' }] }
  assert.equal(
    parseConfig(input).apps.map(({ id }) => id),
    ['app', 'other'],
  )
})

test("webhooks may stand in an app's policy, as in Sockudo 5", () => {
  const webhooks = [{ url: 'https://example.com/', event_types: ['member_added'] }]
  const app = parseApp({ ...credentials, policy: { limits: {}, webhooks } }, parseConfig({}))
  assert.is(app.webhooks.length, 1)
})

test('null is the same as absent, wherever it stands', () => {
  const nothing = {
    webhooks: null,
    queue: { driver: null, redis: { prefix: null }, disk: null },
    dispatcher: { shards: null, on_full: null },
    dead_letters: { arena_share: null },
    app_manager: { driver: null, array: { apps: null }, cache: null },
    database: { mysql: null, redis: { password: null } },
    apps: null,
  }
  assert.equal(parseConfig(nothing), parseConfig({}))
})

test('blanks around the value of a header are no part of it', () => {
  const target = onlyWebhookOf(withWebhook({ headers: { a: ' b c\t', d: '\t ', e: '\u00a0f\u00a0' } }))?.target
  assert.equal(target?.kind === 'http' && target.headers, { a: 'b c', d: '', e: '\u00a0f\u00a0' })
})

function lambdaRegion(lambda: object): string | null | undefined {
  const target = onlyWebhookOf(withWebhook({ url: null, lambda }))?.target
  return target?.kind === 'lambda' ? target.region : undefined
}

const arn = 'arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:handler:live'

test("a Lambda function's region is that of its ARN unless it is given", () => {
  const regions = [
    lambdaRegion({ function_name: arn }),
    lambdaRegion({ function_name: arn, region: 'us-gov-west-1' }),
    lambdaRegion({ function_name: '123456789012:function:handler' }),
    lambdaRegion({ function_name: 'handler', region: 'eu-west-1' }),
  ]
  assert.equal(regions, ['us-gov-west-1', 'us-gov-west-1', null, 'eu-west-1'])
})

test("the short form of a Lambda function has its ARN's region too", () => {
  const target = onlyWebhookOf(withWebhook({ url: null, lambda_function: arn }))?.target
  assert.is(target?.kind === 'lambda' && target.region, 'us-gov-west-1')
})

test('null is the same as absent in a webhook', () => {
  const nothing = { headers: null, lambda: null, lambda_function: null, tls: null, retry: null, concurrency: null }
  assert.equal(
    onlyWebhookOf(withWebhook({ ...nothing, filter: { channel_prefix: null, channel_suffix: null } })),
    onlyWebhookOf(withWebhook({})),
  )
})

test('a webhook that overrides nothing shares the objects of the defaults', () => {
  const { defaults, apps } = parseConfig(withWebhook({ retry: {} }))
  const webhook = apps[0]?.webhooks[0]
  assert.ok(
    webhook?.retry === defaults.retry &&
      webhook.circuitBreaker === defaults.circuitBreaker &&
      webhook.signatures === defaults.signatures,
  )
})

test('the shared objects cannot be changed', () => {
  const { defaults } = parseConfig({ webhooks: { rate_limit: { requests: 1, per_ms: 1000 } } })
  const shared = [defaults, defaults.retry, defaults.circuitBreaker, defaults.rateLimit, defaults.signatures]
  assert.ok(shared.every((value) => Object.isFrozen(value)))
})

test('a webhook overrides key by key', () => {
  const webhooks = { retry: { max_attempts: 7, max_backoff_ms: 9000 } }
  const webhook = onlyWebhookOf({ ...withWebhook({ retry: { max_attempts: '3' }, concurrency: 1 }), webhooks })
  assert.equal([webhook?.retry.maxAttempts, webhook?.retry.maxBackoffMs, webhook?.concurrency], [3, 9000, 1])
})

test('of the two keys of namespaces both must hold', () => {
  const namespacesOf = (filter: object) => onlyWebhookOf(withWebhook({ filter }))?.filter?.channelNamespaces
  assert.equal(
    [['b', 'a'], ['b'], []].map((list) => namespacesOf({ channel_namespace: 'a', channel_namespaces: list })),
    [['a'], [], []],
  )
})

test('a webhook that is off is left out, and the ids of the others stay', () => {
  const hook = { url: 'https://example.com/', event_types: ['member_added'] }
  const idsOf = (enabled: unknown) =>
    parseApp({ ...credentials, webhooks: [{ ...hook, enabled }, hook] } as AppInput, parseConfig({})).webhooks.map(
      ({ id }) => id,
    )
  const [first = '', second = ''] = idsOf(true)
  assert.equal([idsOf(false), idsOf(0), second], [[second], [second], `${first}-2`])
})

test("Pusher's names of the prefix and suffix are read", () => {
  const filter = { channel_name_starts_with: 'private-', channel_name_ends_with: '-x' }
  const read = onlyWebhookOf(withWebhook({ filter }))?.filter
  assert.equal([read?.channelPrefix, read?.channelSuffix], ['private-', '-x'])
})

test('a filter that gives nothing is none', () => {
  assert.is(onlyWebhookOf(withWebhook({ filter: {} }))?.filter, null)
})

test('a list of namespaces that is empty lets no channel through', () => {
  assert.equal(onlyWebhookOf(withWebhook({ filter: { channel_namespaces: [] } }))?.filter?.channelNamespaces, [])
})

test('a URL is kept without its fragment', () => {
  assert.equal(onlyWebhookOf(withWebhook({ url: 'https://u:p@EXAMPLE.com/a?b=c#d' }))?.target, {
    kind: 'http',
    url: 'https://u:p@example.com/a?b=c',
    headers: {},
  })
})

test('an address that is let through becomes a network', () => {
  const { egress } = parseConfig({ webhooks: { egress: { allow: ['127.0.0.1', '::1', '10.0.0.0/8'] } } })
  assert.equal(egress.allow, ['127.0.0.1/32', '::1/128', '10.0.0.0/8'])
})

test('a former secret expires at a date or at a Unix time in ms', () => {
  const at = Date.UTC(2030, 0, 1)
  const spellings: AppInput['previous_secrets'] = [
    { secret: 'a', expires_at: '2030-01-01' },
    { secret: 'b', expires_at: '2030-01-01T01:00:00+01:00' },
    { secret: 'c', expires_at: at },
    { secret: 'd', expires_at: String(at) },
    { secret: 'e', expires_at: new Date(at) },
  ]
  const app = parseApp({ ...credentials, previous_secrets: spellings }, parseConfig({}))
  assert.ok(app.previousSecrets.every(({ expiresAtMs }) => expiresAtMs === at))
})

test('the input stays as it is', () => {
  const input = withWebhook({ filter: { channel_namespace: 'a' }, retry: { max_attempts: '3' } })
  const before = structuredClone(input)
  parseConfig(input, { WEBHOOK_BATCHING_SIZE: '7' })
  assert.equal(input, before)
})

test('a configuration can be handed to another thread', () => {
  const config = parseConfig(withWebhook({ filter: { channel_prefix: 'a' } }))
  assert.equal(structuredClone(config), config)
})

test.run()
