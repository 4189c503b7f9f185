import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { parseConfig } from '../../src/config/index.js'
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
  'an unknown key of a webhook': withWebhook({ secrt: 'hidden' }),
  'a URL with credentials': withWebhook({ url: 'ftp://user:hidden@example.com/' }),
  'a URL with odd credentials': withWebhook({ url: 'ftp://user:hid?den/#hidden@example.com/' }),
  'credentials without a scheme': withWebhook({ url: 'user:hidden@example.com' }),
  'a URL with a query': withWebhook({ url: 'ftp://example.com/?token=hidden' }),
  'a proxy with credentials': { webhooks: { proxy: 'socks5://user:hidden@localhost' } },
  "a webhook's proxy with credentials": withWebhook({ proxy: 'socks5://user:hidden@localhost' }),
  'a Redis server with a password': { queue: { redis: { url_override: 'tcp://:hidden@localhost' } } },
}

for (const [what, input] of Object.entries(WRONG)) {
  test(`${what}: reported without the secret`, () => {
    const problems = problemsOf(() => parseConfig(input))
    assert.ok(problems.length > 0 && !/hid/.test(JSON.stringify(problems)), JSON.stringify(problems))
  })
}

test('of a URL, the rest is shown', () => {
  const [problem] = problemsOf(() => parseConfig(withWebhook({ url: 'ftp://user:hidden@example.com/hook?a=b' })))
  assert.is(problem?.value, '"ftp://***@example.com/hook?***"')
})

test.run()
