import { hkdfSync } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { AppConfig } from '../../src/config/model.js'
import { standardWebhooksScheme } from '../../src/signing/standard-webhooks.js'
import { deriveStandardWebhooksSecret, standardWebhooksSecret } from '../../src/signing/standard-webhooks-secret.js'
import { unixMs } from '../../src/time/clocks.js'
import { exampleApp, sharedBytes } from './app.js'

const test = suite('Standard Webhooks signature')

const body = '{"time_ms":1,"events":[{"name":"client_event","channel":"ä€🙂"}]}'
const nowMs = Date.now()
const given = `whsec_${Buffer.alloc(24, 7).toString('base64')}`

function signed(app: AppConfig, atMs = nowMs): Record<string, string> {
  const headers: string[] = []
  standardWebhooksScheme.prepare(app).sign(sharedBytes(body), 'delivery-1', unixMs(atMs), headers)
  const [timestampName = '', timestamp = '', signatureName = '', signature = ''] = headers
  return { 'webhook-id': 'delivery-1', [timestampName]: timestamp, [signatureName]: signature }
}

function accepts(secret: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(body, headers)
    return true
  } catch {
    return false
  }
}

test('adds the timestamp in seconds and the signature, and leaves webhook-id to the transport', () => {
  const headers: string[] = []
  standardWebhooksScheme.prepare(exampleApp()).sign(sharedBytes(body), 'delivery-1', unixMs(1_700_000_000_999), headers)
  assert.equal([headers[0], headers[1], headers[2]], ['webhook-timestamp', '1700000000', 'webhook-signature'])
})

test('is accepted by the standardwebhooks package under a given secret', () => {
  assert.ok(accepts(given, signed(exampleApp({ standardWebhooksSecret: given }))))
})

test('is accepted by the standardwebhooks package under the derived secret', () => {
  const app = exampleApp()
  assert.ok(accepts(standardWebhooksSecret(app), signed(app)))
})

test('is refused by the standardwebhooks package under another delivery id', () => {
  const headers = { ...signed(exampleApp({ standardWebhooksSecret: given })), 'webhook-id': 'delivery-2' }
  assert.not.ok(accepts(given, headers))
})

test('the derivation is HKDF-SHA256 of the app secret as documented', () => {
  const key = hkdfSync('sha256', 'app-secret', '', 'signpost/standard-webhooks/v1', 32)
  assert.is(deriveStandardWebhooksSecret('app-secret'), `whsec_${Buffer.from(key).toString('base64')}`)
})

test('a former app secret also signs until it expires', () => {
  const app = exampleApp({ previousSecrets: [{ secret: 'former', expiresAtMs: nowMs + 1 }] })
  assert.ok(accepts(deriveStandardWebhooksSecret('former'), signed(app)))
})

test('a former secret in whsec_ form is taken as it is', () => {
  const app = exampleApp({ previousSecrets: [{ secret: given, expiresAtMs: nowMs + 1 }] })
  assert.ok(accepts(given, signed(app)))
})

test('the current secret signs first, whatever else signs', () => {
  const app = exampleApp({ previousSecrets: [{ secret: 'former', expiresAtMs: nowMs + 1 }] })
  const [first] = signed(app)['webhook-signature']?.split(' ') ?? []
  assert.is(first, signed(exampleApp())['webhook-signature'])
})

test('a former secret no longer signs from the moment it expires', () => {
  const app = exampleApp({ previousSecrets: [{ secret: 'former', expiresAtMs: nowMs }] })
  assert.equal(signed(app), signed(exampleApp()))
})

test('a given secret that is not whsec_ and base64 is refused when the signer is prepared, without being shown', () => {
  const app = exampleApp({ standardWebhooksSecret: 'whsec_not base64' })
  assert.throws(
    () => standardWebhooksScheme.prepare(app),
    (error: { code: string; message: string }) =>
      error.code === 'INVALID_SECRET' && !error.message.includes('not base64'),
  )
})

test.run()
