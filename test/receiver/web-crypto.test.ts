import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { WebHmac } from '../../src/receiver/hmac.js'
import { deriveStandardWebhooksSecret, deriveStandardWebhooksSecretAsync } from '../../src/receiver/index.js'
import type { SignedRequest } from '../../src/receiver/scheme-verifier.js'
import { createVerifier } from '../../src/receiver/verifier.js'
import { WebhookError } from '../../src/receiver/webhook-error.js'
import { standardWebhooksSecret } from '../../src/signing/standard-webhooks-secret.js'
import { exampleApp } from '../signing/app.js'
import { signedRequest } from './signed-request.js'

const test = suite('verification by WebCrypto')

const nowMs = 1_700_000_000_000
const options = {
  pusher: [
    { key: 'app-key', secret: 'former' },
    { key: 'app-key', secret: 'app-secret' },
  ],
  standardWebhooks: [deriveStandardWebhooksSecret('app-secret')],
  now: () => nowMs,
}
const byWebCrypto = createVerifier(options, (key) => new WebHmac(key))
const byNode = createVerifier(options)

const both = () => signedRequest({ schemes: ['pusher', 'standard-webhooks'], nowMs })
const withHeader = (name: string, value: string): SignedRequest => {
  const { headers, body } = both()
  return { headers: { ...headers, [name]: value }, body }
}

const requests: Readonly<Record<string, SignedRequest>> = {
  'of both schemes': both(),
  "of Pusher's alone": signedRequest(),
  'of Standard Webhooks alone': signedRequest({ schemes: ['standard-webhooks'], nowMs }),
  'of a large body': signedRequest({ payload: { time_ms: 1, events: [], padding: 'é'.repeat(100_000) } }),
  'of an unknown secret': signedRequest({ app: exampleApp({ secret: 'other' }) }),
  'of another body': { ...both(), body: Buffer.from('{"time_ms":2,"events":[]}') },
  'in upper case': withHeader('x-pusher-signature', signedRequest().headers['x-pusher-signature']?.toUpperCase() ?? ''),
  'with another id': withHeader('webhook-id', 'other'),
  'of another time': withHeader('webhook-timestamp', '1600000000'),
  'of yesterday': signedRequest({ schemes: ['standard-webhooks'], nowMs: nowMs - 86_400_000 }),
}

for (const [what, request] of Object.entries(requests)) {
  test(`finds of a signature ${what} what Node's crypto finds`, async () => {
    const found = await byWebCrypto.verify(request)
    const expected = byNode.verifyNow(request)
    assert.equal(plain(found), plain(expected))
  })
}

function plain(result: unknown): unknown {
  return result instanceof WebhookError ? [result.code, result.message] : result
}

test('cannot be had at once', () => {
  assert.throws(
    () => byWebCrypto.verifyNow(both()),
    (error: { code: string }) => error.code === 'NO_SYNC_CRYPTO',
  )
})

test('a secret is derived as the sender derives it', async () => {
  const app = { secret: 'app-sécret', standardWebhooksSecret: null }
  const derived = [deriveStandardWebhooksSecret(app.secret), await deriveStandardWebhooksSecretAsync(app.secret)]
  assert.equal(derived, Array(2).fill(standardWebhooksSecret(app)))
})

test.run()
