import { HmacSha256 } from '../signing/hmac-sha256.js'
import { headerValue } from './headers.js'
import {
  equalInConstantTime,
  refused,
  type SchemeVerifier,
  type SignedRequest,
  type Verification,
} from './scheme-verifier.js'

/** An app's key and one of its secrets. */
export interface PusherCredentials {
  readonly key: string
  readonly secret: string
}

/** Verifies `X-Pusher-Signature` with the secrets of the app that `X-Pusher-Key` names. */
export class PusherVerifier implements SchemeVerifier {
  readonly name = 'pusher'
  readonly #hmacs = new Map<string, HmacSha256[]>()

  /** @param credentials several secrets may share a key, while they are rotated */
  constructor(credentials: readonly PusherCredentials[]) {
    for (const { key, secret } of credentials) {
      const hmacs = this.#hmacs.get(key) ?? []
      hmacs.push(new HmacSha256(Buffer.from(secret)))
      this.#hmacs.set(key, hmacs)
    }
  }

  verify({ headers, body }: SignedRequest): Verification {
    const signature = headerValue(headers, 'x-pusher-signature')
    if (signature === undefined) return { kind: 'absent' }
    const key = headerValue(headers, 'x-pusher-key')
    if (key === undefined) return refused('MISSING_SIGNATURE', 'X-Pusher-Signature came without X-Pusher-Key')
    const hmacs = this.#hmacs.get(key)
    if (hmacs === undefined) return refused('UNKNOWN_KEY', `no app with the key ${JSON.stringify(key)} is known here`)
    return hmacs.some((hmac) => equalInConstantTime(hmac.digest('', body, 'hex'), signature))
      ? { kind: 'verified', key }
      : refused('BAD_SIGNATURE', 'X-Pusher-Signature is not that of this body under any secret of its key')
  }
}
