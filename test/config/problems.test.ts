import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ConfigError, parseApp, parseConfig } from '../../src/config/index.js'
import { credentials, inWebhook, pathsOf, problemsOf, withWebhook } from './support.js'

const test = suite('the problems of a configuration')

const webhook = { url: 'https://example.com/', event_types: ['member_added'] }

/** What is wrong by one value: what is asked, the input, the path of the only problem. */
const WRONG: readonly (readonly [string, object, string])[] = [
  ['a size of fewer than no events', { webhooks: { batching: { size: '-1' } } }, 'webhooks.batching.size'],
  ['a duration that is no number', { webhooks: { batching: { duration: '75ms' } } }, 'webhooks.batching.duration'],
  ['a duration below zero', { webhooks: { batching: { duration: -1 } } }, 'webhooks.batching.duration'],
  ['a fraction of an event', { webhooks: { batching: { size: 1.5 } } }, 'webhooks.batching.size'],
  ['a size in scientific notation', { webhooks: { batching: { size: '1e2' } } }, 'webhooks.batching.size'],
  ['a word for a truth value', { webhooks: { enabled: 'yes' } }, 'webhooks.enabled'],
  ['a share above 1', { dispatcher: { endpoint_share: 1.5 } }, 'dispatcher.endpoint_share'],
  ['an endpoint without any share', { dispatcher: { endpoint_share: '0' } }, 'dispatcher.endpoint_share'],
  ['a ring that is no power of two', { dispatcher: { ring_bytes: 100_000 } }, 'dispatcher.ring_bytes'],
  ['a ring that is too small', { dispatcher: { ring_bytes: '1024' } }, 'dispatcher.ring_bytes'],
  ['an arena of fewer than 8 pages', { dispatcher: { arena_bytes: 4_194_303 } }, 'dispatcher.arena_bytes'],
  ['an unknown policy', { webhooks: { egress: { policy: 'none' } } }, 'webhooks.egress.policy'],
  [
    'a network of too many bits',
    { webhooks: { egress: { allow: ['::/0', '1.2.3.4/33'] } } },
    'webhooks.egress.allow[1]',
  ],
  ['no signature', { webhooks: { signature: [] } }, 'webhooks.signature'],
  ['an unknown signature', { webhooks: { signature: ['pusher', 'md5'] } }, 'webhooks.signature[1]'],
  ['a proxy that is no HTTP proxy', { webhooks: { proxy: 'socks5://localhost' } }, 'webhooks.proxy'],
  ['a local address that is a name', { webhooks: { local_address: 'eth0' } }, 'webhooks.local_address'],
  [
    'a breaker that opens for longer than its maximum',
    { webhooks: { circuit_breaker: { open_ms: 90_000 } } },
    'webhooks.circuit_breaker.open_ms',
  ],
  [
    'a journal of fewer than 16 of the largest batches',
    { queue: { driver: 'disk', disk: { max_bytes: 4_194_303 } } },
    'queue.disk.max_bytes',
  ],
  ['an unknown queue driver', { queue: { driver: 'kafka' } }, 'queue.driver'],
  ["an app's webhooks at the top", { webhooks: [webhook] }, 'webhooks'],
  ['apps that are no array', { app_manager: { array: { apps: {} } } }, 'app_manager.array.apps'],
  ['a key that no header can hold', { apps: [{ ...credentials, key: 'a\nb' }] }, 'apps[0].key'],
  [
    'a Standard Webhooks secret in another form',
    { apps: [{ ...credentials, standard_webhooks_secret: 'abc' }] },
    'apps[0].standard_webhooks_secret',
  ],
  [
    'an expiry in seconds',
    { apps: [{ ...credentials, previous_secrets: [{ secret: 'a', expires_at: 1_893_456_000 }] }] },
    'apps[0].previous_secrets[0].expires_at',
  ],
  ['no event types', withWebhook({ event_types: [] }), inWebhook('.event_types')],
  ['event types that are absent', withWebhook({ event_types: undefined }), inWebhook('.event_types')],
  ['neither URL nor function', withWebhook({ url: undefined }), inWebhook('')],
  ['URL and function', withWebhook({ lambda_function: 'f' }), inWebhook('')],
  [
    'both ways to name a function',
    withWebhook({ url: null, lambda: { function_name: 'f' }, lambda_function: 'f' }),
    inWebhook(''),
  ],
  [
    'a function without a name',
    withWebhook({ url: null, lambda: { region: 'eu-west-1' } }),
    inWebhook('.lambda.function_name'),
  ],
  ['a URL of another kind', withWebhook({ url: 'ftp://example.com/' }), inWebhook('.url')],
  ['a URL that is none', withWebhook({ url: 'https://' }), inWebhook('.url')],
  ['a header name with a space', withWebhook({ headers: { 'a b': 'c' } }), inWebhook('.headers[key 1, 3 characters]')],
  [
    'a region that is not that of the ARN',
    withWebhook({
      url: null,
      lambda: { function_name: 'arn:aws:lambda:us-east-1:123456789012:function:f', region: 'eu-west-1' },
    }),
    inWebhook('.lambda.region'),
  ],
  ['a header value with a line break', withWebhook({ headers: { a: 'b\r\nc' } }), inWebhook('.headers.a')],
  ['a header twice', withWebhook({ headers: { 'X-A': 'b', 'x-a': 'c' } }), inWebhook('.headers["x-a"]')],
  ['an unknown channel type', withWebhook({ filter: { channel_type: 'secret' } }), inWebhook('.filter.channel_type')],
  [
    'a pattern that RE2 has not',
    withWebhook({ filter: { channel_pattern: '(?=a)' } }),
    inWebhook('.filter.channel_pattern'),
  ],
  [
    'a pattern that costs too much',
    withWebhook({ filter: { channel_pattern: '(\\w*-?){500}' } }),
    inWebhook('.filter.channel_pattern'),
  ],
  [
    'two prefixes',
    withWebhook({ filter: { channel_prefix: 'a', channel_name_starts_with: 'b' } }),
    inWebhook('.filter.channel_name_starts_with'),
  ],
  ['a certificate without its key', withWebhook({ tls: { cert: 'a.pem' } }), inWebhook('.tls.key')],
  ['a rate without its period', withWebhook({ rate_limit: { requests: 1 } }), inWebhook('.rate_limit.per_ms')],
  ['an id with a space', withWebhook({ id: 'a b' }), inWebhook('.id')],
  [
    'an unknown key of a filter',
    withWebhook({ filter: { channel_typ: 'presence' } }),
    inWebhook('.filter.channel_typ'),
  ],
]

for (const [what, input, path] of WRONG) {
  test(`${what} is a problem at ${path}`, () => {
    assert.equal(pathsOf(input), [path])
  })
}

test('one error tells of all problems, those between options too', () => {
  const apps = [credentials, { ...credentials, secret: '', webhooks: [{ ...webhook, url: 5, lambda_function: 'f' }] }]
  assert.equal(pathsOf({ apps, webhooks: { batchin: {}, http2: 2 }, dispatcher: { arena_bytes: 600_000 } }), [
    'webhooks.batchin',
    'webhooks.http2',
    'apps[1].secret',
    'apps[1].webhooks[0].url',
    'apps[1].webhooks[0]',
    'apps[1].id',
    'dispatcher.arena_bytes',
  ])
})

test('an app id that an earlier app has is a problem, wherever the two stand', () => {
  const input = { app_manager: { array: { apps: [credentials, credentials] } }, apps: [credentials] }
  assert.equal(pathsOf(input), ['app_manager.array.apps[1].id', 'apps[0].id'])
})

test('a webhook id that an earlier webhook of the app has is a problem', () => {
  const webhooks = [
    { ...webhook, id: 'a' },
    { ...webhook, id: 'b' },
    { ...webhook, id: 'a' },
  ]
  assert.equal(pathsOf({ apps: [{ ...credentials, webhooks }] }), ['apps[0].webhooks[2].id'])
})

test('two apps may have webhooks of one id', () => {
  const webhooks = [{ ...webhook, id: 'a' }]
  assert.equal(
    pathsOf({
      apps: [
        { ...credentials, webhooks },
        { ...credentials, id: 'b', webhooks },
      ],
    }),
    [],
  )
})

test('a problem names the path, the value and what is expected', () => {
  assert.equal(
    problemsOf(() => parseConfig({ webhooks: { batching: { size: 'many' } } })),
    [
      {
        path: 'webhooks.batching.size',
        value: '"many"',
        expected: 'an integer from 1 to 10000 (events)',
        message: 'webhooks.batching.size: "many" was given, expected an integer from 1 to 10000 (events)',
      },
    ],
  )
})

test('a problem of an unknown key names the nearest known one', () => {
  assert.is(
    problemsOf(() => parseConfig({ webhooks: { batching: { maxBytes: 1 } } }))[0]?.expected,
    'the key max_bytes',
  )
})

test('what is no object at all is one problem', () => {
  assert.equal(pathsOf('config.json'), ['configuration'])
})

test('the problems of one app have paths that start at it', () => {
  const problems = problemsOf(() => parseApp({ ...credentials, webhooks: [{ url: 'a' }] }, parseConfig({})))
  assert.equal(
    problems.map(({ path }) => path),
    ['webhooks[0].url', 'webhooks[0].event_types'],
  )
})

test('the error has a stable code', () => {
  assert.is(new ConfigError([]).code, 'INVALID_CONFIG')
})

test('the message shows the first 50 problems and counts the others', () => {
  const apps = Array.from({ length: 60 }, () => 'no app')
  const error = new ConfigError(problemsOf(() => parseConfig({ apps })))
  assert.equal([error.message.split('\n').length, error.message.split('\n').at(-1)], [52, '  and 10 more'])
})

test.run()
