import { Webhook } from 'standardwebhooks'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { WebhookErrorCode } from '../../src/receiver/index.js'
import { createReceiver, deriveStandardWebhooksSecret, WebhookError } from '../../src/receiver/index.js'
import type { SignedRequest } from '../../src/receiver/scheme-verifier.js'
import { createVerifier, type ReceivedWebhook, type VerifierOptions } from '../../src/receiver/verifier.js'
import { exampleApp } from '../signing/app.js'
import { memberAdded, signedRequest } from './signed-request.js'

const test = suite('verification')

const nowMs = 1_700_000_000_000
const pusher = [{ key: 'app-key', secret: 'app-secret' }]
const standardWebhooks = [deriveStandardWebhooksSecret('app-secret')]

function received(options: VerifierOptions, request: SignedRequest): ReceivedWebhook {
  const result = createVerifier({ now: () => nowMs, ...options }).verifyNow(request)
  if (result instanceof WebhookError) throw result
  return result
}

function refusal(options: VerifierOptions, request: SignedRequest): WebhookErrorCode | 'accepted' {
  const result = createVerifier({ now: () => nowMs, ...options }).verifyNow(request)
  return result instanceof WebhookError ? result.code : 'accepted'
}

test('a Pusher signature gives the webhook, its delivery id and the key that signed it', () => {
  assert.equal(received({ pusher }, signedRequest()), {
    id: 'delivery-1',
    timeMs: 1,
    events: [memberAdded],
    scheme: 'pusher',
    key: 'app-key',
  })
})

test('a Standard Webhooks signature gives the webhook', () => {
  const request = signedRequest({ schemes: ['standard-webhooks'], nowMs })
  const { scheme, key } = received({ standardWebhooks }, request)
  assert.equal({ scheme, key }, { scheme: 'standard-webhooks', key: null })
})

test('a signature of the standardwebhooks package is accepted', () => {
  const body = Buffer.from('{"time_ms":1,"events":[]}')
  const secret = deriveStandardWebhooksSecret('app-secret')
  const headers = {
    'webhook-id': 'id-1',
    'webhook-timestamp': String(nowMs / 1000),
    'webhook-signature': new Webhook(secret).sign('id-1', new Date(nowMs), body),
  }
  assert.is(refusal({ standardWebhooks: [secret] }, { headers, body }), 'accepted')
})

test('the stronger scheme is named when both verify', () => {
  const request = signedRequest({ schemes: ['pusher', 'standard-webhooks'], nowMs })
  const { scheme, key } = received({ pusher, standardWebhooks }, request)
  assert.equal({ scheme, key }, { scheme: 'standard-webhooks', key: 'app-key' })
})

test('a good signature of one scheme does not excuse a bad one of the other', () => {
  const request = signedRequest({ schemes: ['pusher', 'standard-webhooks'], nowMs })
  request.headers['x-pusher-signature'] = '0'.repeat(64)
  assert.is(refusal({ pusher, standardWebhooks }, request), 'BAD_SIGNATURE')
})

test('a scheme that has no secrets here is not looked at', () => {
  const request = signedRequest({ schemes: ['pusher', 'standard-webhooks'], nowMs })
  request.headers['webhook-signature'] = 'v1,nonsense'
  assert.is(refusal({ pusher }, request), 'accepted')
})

test('a sender without delivery ids, as Pusher is, is accepted', () => {
  assert.is(received({ pusher }, signedRequest({ id: null })).id, null)
})

test('any of several secrets of one key will do', () => {
  const both = [{ key: 'app-key', secret: 'former' }, ...pusher]
  assert.is(refusal({ pusher: both }, signedRequest()), 'accepted')
})

test('any of several Standard Webhooks secrets will do', () => {
  const secrets = [deriveStandardWebhooksSecret('former'), ...standardWebhooks]
  assert.is(
    refusal({ standardWebhooks: secrets }, signedRequest({ schemes: ['standard-webhooks'], nowMs })),
    'accepted',
  )
})

test('a receiver that only knows the former secret accepts what both secrets signed', () => {
  const app = exampleApp({ secret: 'new', previousSecrets: [{ secret: 'app-secret', expiresAtMs: nowMs + 1 }] })
  const request = signedRequest({ app, schemes: ['standard-webhooks'], nowMs })
  assert.is(refusal({ standardWebhooks }, request), 'accepted')
})

test('signatures of unknown versions are passed over', () => {
  const request = signedRequest({ schemes: ['standard-webhooks'], nowMs })
  request.headers['webhook-signature'] = `v1a,AAAA ${request.headers['webhook-signature']}`
  assert.is(refusal({ standardWebhooks }, request), 'accepted')
})

test('header names may come in any case and in any kind of object', () => {
  const { headers, body } = signedRequest()
  const upper = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]))
  const codes = [upper, new Headers(headers)].map((given) => refusal({ pusher }, { headers: given, body }))
  assert.equal(codes, ['accepted', 'accepted'])
})

const otherBody = Buffer.from('{"time_ms":2,"events":[]}')
const standard = () => signedRequest({ schemes: ['standard-webhooks'], nowMs })
const without = (request: SignedRequest, name: string) => ({ ...request, headers: { ...request.headers, [name]: '' } })

const refusals: readonly [string, WebhookErrorCode, SignedRequest][] = [
  ['no signature at all', 'MISSING_SIGNATURE', { headers: {}, body: otherBody }],
  ['a Pusher signature without its key', 'MISSING_SIGNATURE', without(signedRequest(), 'x-pusher-key')],
  ['a key that is not known', 'UNKNOWN_KEY', signedRequest({ app: exampleApp({ key: 'other' }) })],
  ['a signature under another secret', 'BAD_SIGNATURE', signedRequest({ app: exampleApp({ secret: 'other' }) })],
  ['a body other than the signed one', 'BAD_SIGNATURE', { ...signedRequest(), body: otherBody }],
  [
    'a signature cut short',
    'BAD_SIGNATURE',
    (() => {
      const request = signedRequest()
      return { ...request, headers: { ...request.headers, 'x-pusher-signature': '786f' } }
    })(),
  ],
  ['a Standard Webhooks body other than the signed one', 'BAD_SIGNATURE', { ...standard(), body: otherBody }],
  [
    'a delivery id other than the signed one',
    'BAD_SIGNATURE',
    (() => {
      const request = standard()
      return { ...request, headers: { ...request.headers, 'webhook-id': 'delivery-2' } }
    })(),
  ],
  ['a Standard Webhooks signature without an id', 'MISSING_SIGNATURE', without(standard(), 'webhook-id')],
  ['a Standard Webhooks signature without a timestamp', 'MISSING_SIGNATURE', without(standard(), 'webhook-timestamp')],
  [
    'a timestamp that is no number',
    'BAD_HEADER',
    (() => {
      const request = standard()
      return { ...request, headers: { ...request.headers, 'webhook-timestamp': '1e3' } }
    })(),
  ],
  ['a delivery id of more than 256 characters', 'BAD_HEADER', signedRequest({ id: 'x'.repeat(257) })],
  ['a signed body that is not a webhook', 'BAD_BODY', signedRequest({ payload: [] })],
]

for (const [what, code, request] of refusals) {
  test(`${what} is refused as ${code}`, () => {
    assert.is(refusal({ pusher, standardWebhooks }, request), code)
  })
}

for (const [direction, skewMs] of [
  ['past', -301_000],
  ['future', 301_000],
] as const) {
  test(`a signature of five minutes and a second in the ${direction} is stale`, () => {
    const request = signedRequest({ schemes: ['standard-webhooks'], nowMs: nowMs + skewMs })
    assert.is(refusal({ standardWebhooks }, request), 'STALE_TIMESTAMP')
  })

  test(`a signature of five minutes in the ${direction} is good`, () => {
    const request = signedRequest({ schemes: ['standard-webhooks'], nowMs: nowMs + Math.sign(skewMs) * 300_000 })
    assert.is(refusal({ standardWebhooks }, request), 'accepted')
  })
}

test('no refusal shows a secret or a signature that would be accepted', () => {
  const accepted = signedRequest()
  const result = createVerifier({ pusher }).verifyNow({
    body: accepted.body,
    headers: { ...accepted.headers, 'x-pusher-signature': '0'.repeat(64) },
  })
  const shown = JSON.stringify([result, String(result)])
  assert.equal(
    [shown.includes('app-secret'), shown.includes(accepted.headers['x-pusher-signature'] ?? '')],
    [false, false],
  )
})

test('a receiver without any secret cannot be made', () => {
  assert.throws(
    () => createReceiver({}),
    (error: { code: string }) => error.code === 'INVALID_OPTIONS',
  )
})

test('a Standard Webhooks secret that is not in its form is refused at once', () => {
  assert.throws(
    () => createReceiver({ standardWebhooks: ['app-secret'] }),
    (error: { code: string }) => error.code === 'INVALID_SECRET',
  )
})

test('verify() throws the error', () => {
  assert.throws(
    () => createReceiver({ pusher }).verify({ headers: {}, body: otherBody }),
    (error: unknown) => error instanceof WebhookError && error.code === 'MISSING_SIGNATURE',
  )
})

test.run()
