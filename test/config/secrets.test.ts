import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseConfig, readConfig } from '../../src/config/index.js'
import { credentials, problemsOf, withWebhook } from './support.js'

const test = suite('secrets in the problems of a configuration')

const app = (app: object) => ({ apps: [{ ...credentials, ...app }] })

/** Inputs that are wrong in a place that holds the word `hidden` where a secret may be. */
const WRONG: Readonly<Record<string, object>> = {
  'a secret that is too long': app({ secret: 'hidden'.repeat(1000) }),
  'a secret in a list': app({ secret: ['hidden'] }),
  'a former secret without its expiry': app({ previous_secrets: [{ secret: 'hidden' }] }),
  'former secrets that are a string': app({ previous_secrets: 'hidden' }),
  'a former secret that is a string': app({ previous_secrets: ['hidden'] }),
  'a key of a former secret that is unknown': app({ previous_secrets: [{ secret: 'a', expires: 'hidden' }] }),
  'a Standard Webhooks secret in another form': app({ standard_webhooks_secret: 'whsec_hidden!' }),
  'an app that is a string': { apps: ['hidden'] },
  'a header value with a line break': withWebhook({ headers: { Authorization: 'Bearer hidden\n' } }),
  'headers that are a string': withWebhook({ headers: 'Authorization: hidden' }),
  'a misspelt key of a webhook': withWebhook({ heders: 'hidden' }),
  'a misspelt key of an app': app({ secrt: 'hidden' }),
  'a URL with credentials': withWebhook({ url: 'ftp://user:hidden@example.com/' }),
  'a URL with odd credentials': withWebhook({ url: 'ftp://user:hid?den/#hidden@example.com/' }),
  'credentials without a scheme': withWebhook({ url: 'user:hidden@example.com' }),
  'a URL with a query': withWebhook({ url: 'ftp://example.com/?token=hidden' }),
  'a proxy with credentials': { webhooks: { proxy: 'socks5://user:hidden@localhost' } },
  "a webhook's proxy with credentials": withWebhook({ proxy: 'socks5://user:hidden@localhost' }),
  'a Redis server with a password': { queue: { driver: 'redis', redis: { url_override: 'tcp://:hidden@localhost' } } },
  'a Redis node with a password': {
    queue: { driver: 'redis-cluster', redis_cluster: { nodes: ['tcp://:hidden@localhost'] } },
  },
  'a password of a database that is no text': {
    app_manager: { driver: 'mysql' },
    database: { mysql: { password: ['hidden'] } },
  },
  'a header in the place of a header name': withWebhook({ headers: { 'Authorization: Bearer hidden': '' } }),
  'a header in the place of two header names': withWebhook({
    headers: { 'Authorization: Bearer hidden': '', 'authorization: bearer hidden': '' },
  }),
  'the text of a key in the place of its path': withWebhook({
    tls: { cert: 'a.pem', key: '-----BEGIN PRIVATE KEY-----\nhidden\n-----END PRIVATE KEY-----' },
  }),
  'the text of a key in one line': withWebhook({ tls: { cert: 'a.pem', key: '-----BEGIN PRIVATE KEY-----hidden' } }),
  'a text of a certificate that is too long for a path': withWebhook({ tls: { ca: 'hidden'.repeat(1000) } }),
}

for (const [what, input] of Object.entries(WRONG)) {
  test(`${what}: reported without the secret`, () => {
    const problems = problemsOf(() => parseConfig(input))
    assert.ok(problems.length > 0 && !/hid/.test(JSON.stringify(problems)), JSON.stringify(problems))
  })
}

/** Inputs that load with a warning about a place that holds the word `hidden` where a secret may be. */
const WARNED: Readonly<Record<string, object>> = {
  'an unknown key of a webhook': withWebhook({ description: 'hidden' }),
  'a header in the place of a key': withWebhook({ 'Authorization: Bearer hidden': '' }),
  'a token in the place of a key': withWebhook({ ['hidden'.repeat(20)]: '' }),
  'a reserved header': withWebhook({ headers: { 'Content-Type': 'hidden' } }),
  'a URL with blanks': withWebhook({ url: ' HTTPS://user:hidden@example.com/a b?c=hidden ' }),
  'headers of a function': withWebhook({ url: null, lambda_function: 'f', headers: { a: 'hidden' } }),
  'flat webhooks beside a policy': app({ policy: {}, webhooks: [{ url: 'https://hidden@example.com/' }] }),
  'a password of a database that is not used': { database: { mysql: { password: ['hidden'] } } },
}

for (const [what, input] of Object.entries(WARNED)) {
  test(`${what}: warned about without the secret`, () => {
    const { warnings, problems } = readConfig(input, {})
    const shown = JSON.stringify([warnings, problems])
    assert.ok(warnings.length > 0 && problems.length === 0 && !/hid/.test(shown), shown)
  })
}

test('a variable that is not of its kind is warned about without its value where that may be secret', () => {
  const { warnings } = readConfig({ app_manager: { driver: 'mysql' } }, { SOCKUDO_SKIP_INLINE_APPS: 'hidden' })
  assert.ok(warnings.length === 1 && !/hid/.test(JSON.stringify(warnings)))
})

test('a header name that is none is shown by its place and length', () => {
  const headers = { 'X-A': '', 'Authorization: Bearer hidden': '' }
  const [problem] = problemsOf(() => parseConfig(withWebhook({ headers })))
  assert.is(
    problem?.message,
    'apps[0].webhooks[0].headers[key 2, 28 characters]: the name was given, expected a header name (letters, digits and hyphens)',
  )
})

test('of a URL, the rest is shown', () => {
  const [problem] = problemsOf(() => parseConfig(withWebhook({ url: 'ftp://user:hidden@example.com/hook?a=b' })))
  assert.is(problem?.value, '"ftp://***@example.com/hook?***"')
})

test.run()
