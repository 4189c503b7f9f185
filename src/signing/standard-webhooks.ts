import type { AppConfig, PreviousSecret } from '../config/model.js'
import { SignpostError } from '../errors.js'
import { numberOf, type UnixMs } from '../time/clocks.js'
import { WHSEC_SECRET } from '../whsec-secret.js'
import { HmacSha256 } from './hmac-sha256.js'
import type { SignatureScheme, Signer } from './scheme.js'
import { signedPrefix, standardWebhooksKey } from './standard-webhooks-form.js'
import { deriveStandardWebhooksSecret, standardWebhooksSecret } from './standard-webhooks-secret.js'

/**
 * `webhook-timestamp` and `webhook-signature` of Standard Webhooks 1.0: `v1,` and the base64 HMAC-SHA256 of
 * `id.timestamp.body`, once for the app's secret and once for each former one that has not expired, separated by spaces.
 * `webhook-id` is the transport's header, under every scheme.
 */
export const standardWebhooksScheme: SignatureScheme = {
  name: 'standard-webhooks',
  prepare(app) {
    const given = app.standardWebhooksSecret
    if (given !== null && !WHSEC_SECRET.test(given)) {
      throw new SignpostError(
        'INVALID_SECRET',
        `the Standard Webhooks secret of app ${JSON.stringify(app.id)} must be whsec_ followed by base64`,
      )
    }
    return new StandardWebhooksSigner(app)
  },
}

interface SigningKey {
  readonly hmac: HmacSha256
  readonly expiresAtMs: number
}

class StandardWebhooksSigner implements Signer {
  readonly #app: AppConfig
  // Made at the first signature: most of a hundred thousand apps are idle.
  #keys: readonly SigningKey[] | null = null

  constructor(app: AppConfig) {
    this.#app = app
  }

  sign(body: Uint8Array, deliveryId: string, now: UnixMs, headers: string[]): void {
    const nowMs = numberOf(now)
    this.#keys ??= signingKeys(this.#app)
    const timestamp = Math.floor(nowMs / 1000).toString()
    const prefix = signedPrefix(deliveryId, timestamp)
    let signatures = ''
    for (const { hmac, expiresAtMs } of this.#keys) {
      if (nowMs >= expiresAtMs) continue
      if (signatures !== '') signatures += ' '
      signatures += `v1,${hmac.digest(prefix, body, 'base64')}`
    }
    headers.push('webhook-timestamp', timestamp, 'webhook-signature', signatures)
  }
}

function signingKeys(app: AppConfig): SigningKey[] {
  const current = signingKey(standardWebhooksSecret(app), Number.POSITIVE_INFINITY)
  return [current, ...app.previousSecrets.map(formerKey)]
}

/** A former secret is either a `whsec_` one or a former secret of the app, from which one was derived. */
function formerKey({ secret, expiresAtMs }: PreviousSecret): SigningKey {
  return signingKey(WHSEC_SECRET.test(secret) ? secret : deriveStandardWebhooksSecret(secret), expiresAtMs)
}

function signingKey(secret: string, expiresAtMs: number): SigningKey {
  return { hmac: new HmacSha256(standardWebhooksKey(secret)), expiresAtMs }
}
