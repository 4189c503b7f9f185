import { hkdfSync } from 'node:crypto'
import type { AppConfig } from '../config/model.js'
import { SECRET_PREFIX } from '../whsec-secret.js'
import { DERIVATION } from './standard-webhooks-form.js'

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
  const derived = hkdfSync('sha256', appSecret, '', DERIVATION.info, DERIVATION.keyBytes)
  return SECRET_PREFIX + Buffer.from(derived).toString('base64')
}
