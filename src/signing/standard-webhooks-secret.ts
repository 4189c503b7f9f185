import { hkdfSync } from 'node:crypto'
import type { AppConfig } from '../config/model.js'
import { SignpostError } from '../errors.js'

const prefix = 'whsec_'
const derivationLabel = 'signpost/standard-webhooks/v1'
const keyBytes = 32
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The Standard Webhooks secret that an app signs with, as its receivers need it: `whsec_` and base64. */
export function standardWebhooksSecret(app: Pick<AppConfig, 'secret' | 'standardWebhooksSecret'>): string {
  return app.standardWebhooksSecret ?? deriveStandardWebhooksSecret(app.secret)
}

/**
 * Derives the `whsec_` secret of an app that has none of its own: HKDF-SHA256 (RFC 5869) with the app's secret in UTF-8 as
 * input key, no salt, `signpost/standard-webhooks/v1` as info, 32 bytes.
 *
 * HKDF takes the app's secret as its message, not as its key, so that no signature made with the secret elsewhere (a
 * channel authorisation of text that a client chose) can ever equal the derived key.
 */
export function deriveStandardWebhooksSecret(appSecret: string): string {
  const derived = hkdfSync('sha256', appSecret, '', derivationLabel, keyBytes)
  return prefix + Buffer.from(derived).toString('base64')
}

/** Whether `secret` has the form `whsec_` and padded base64 of at least one byte. */
export function isStandardWebhooksSecret(secret: string): boolean {
  return secret.length > prefix.length && secret.startsWith(prefix) && base64.test(secret.slice(prefix.length))
}

/**
 * The key in a `whsec_` secret.
 * @throws SignpostError `INVALID_SECRET` for any other form; the message does not hold the secret
 */
export function standardWebhooksKey(secret: string): Uint8Array {
  if (!isStandardWebhooksSecret(secret)) {
    throw new SignpostError('INVALID_SECRET', 'a Standard Webhooks secret has the form whsec_ followed by base64')
  }
  return Buffer.from(secret.slice(prefix.length), 'base64')
}
