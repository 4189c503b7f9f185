import { SignpostError } from '../signpost-error.js'
import { SECRET_PREFIX, WHSEC_SECRET } from '../whsec-secret.js'

/** What senders and receivers of Standard Webhooks must agree on. Receivers run where there is no Node: nothing here needs it. */

/** HKDF-SHA256's parameters for an app that has no secret of its own; see `deriveStandardWebhooksSecret`. */
export const DERIVATION = { info: 'signpost/standard-webhooks/v1', keyBytes: 32 } as const

/** The text that is signed before the body. */
export function signedPrefix(deliveryId: string, timestamp: string): string {
  return `${deliveryId}.${timestamp}.`
}

/**
 * The key in a `whsec_` secret.
 * @throws SignpostError `INVALID_SECRET` for any other form; the message does not hold the secret
 */
export function standardWebhooksKey(secret: string): Uint8Array {
  if (!WHSEC_SECRET.test(secret)) {
    throw new SignpostError('INVALID_SECRET', 'a Standard Webhooks secret has the form whsec_ followed by base64')
  }
  return Uint8Array.from(atob(secret.slice(SECRET_PREFIX.length)), (character) => character.charCodeAt(0))
}
