import { SignpostError } from '../signpost-error.js'

/** What senders and receivers of Standard Webhooks must agree on. Receivers run where there is no Node: nothing here needs it. */

export const SECRET_PREFIX = 'whsec_'

/** HKDF-SHA256's parameters for an app that has no secret of its own; see `deriveStandardWebhooksSecret`. */
export const DERIVATION = { info: 'signpost/standard-webhooks/v1', keyBytes: 32 } as const

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The text that is signed before the body. */
export function signedPrefix(deliveryId: string, timestamp: string): string {
  return `${deliveryId}.${timestamp}.`
}

/** Whether `secret` has the form `whsec_` and padded base64 of at least one byte. */
export function isStandardWebhooksSecret(secret: string): boolean {
  return (
    secret.length > SECRET_PREFIX.length &&
    secret.startsWith(SECRET_PREFIX) &&
    base64.test(secret.slice(SECRET_PREFIX.length))
  )
}

/**
 * The key in a `whsec_` secret.
 * @throws SignpostError `INVALID_SECRET` for any other form; the message does not hold the secret
 */
export function standardWebhooksKey(secret: string): Uint8Array {
  if (!isStandardWebhooksSecret(secret)) {
    throw new SignpostError('INVALID_SECRET', 'a Standard Webhooks secret has the form whsec_ followed by base64')
  }
  return Uint8Array.from(atob(secret.slice(SECRET_PREFIX.length)), (character) => character.charCodeAt(0))
}
