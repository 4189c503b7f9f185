import { DERIVATION } from '../signing/standard-webhooks-form.js'
import { SECRET_PREFIX } from '../whsec-secret.js'
import { asSource, nodeCrypto, noSyncCrypto } from './hmac.js'

/**
 * Derives the `whsec_` secret of an app that has no Standard Webhooks secret of its own, as the sender does: HKDF-SHA256 (RFC 5869)
 * with the app's secret in UTF-8 as input key, no salt, `signpost/standard-webhooks/v1` as info, 32 bytes.
 * @returns `whsec_` and base64
 * @throws SignpostError `NO_SYNC_CRYPTO` on runtimes without Node's crypto: use `deriveStandardWebhooksSecretAsync` there
 */
export function deriveStandardWebhooksSecret(appSecret: string): string {
  const crypto = nodeCrypto()
  if (crypto === null)
    throw noSyncCrypto('deriveStandardWebhooksSecretAsync() in place of deriveStandardWebhooksSecret()')
  return secretOf(crypto.hkdfSync('sha256', appSecret, '', DERIVATION.info, DERIVATION.keyBytes))
}

/**
 * Does the same as `deriveStandardWebhooksSecret` by WebCrypto, on every runtime.
 * @returns `whsec_` and base64
 */
export async function deriveStandardWebhooksSecretAsync(appSecret: string): Promise<string> {
  const { subtle } = globalThis.crypto
  const utf8 = new TextEncoder()
  const key = await subtle.importKey('raw', asSource(utf8.encode(appSecret)), 'HKDF', false, ['deriveBits'])
  const salt = new Uint8Array()
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt, info: asSource(utf8.encode(DERIVATION.info)) }
  return secretOf(await subtle.deriveBits(parameters, key, DERIVATION.keyBytes * 8))
}

function secretOf(key: ArrayBuffer): string {
  return SECRET_PREFIX + btoa(String.fromCharCode(...new Uint8Array(key)))
}
