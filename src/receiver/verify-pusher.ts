import type { Steps } from './digests.js'
import { headerValue } from './headers.js'
import type { CreateHmac, Hmac } from './hmac.js'
import {
  equalInConstantTime,
  refused,
  type SchemeVerifier,
  type SignedRequest,
  type Verification,
} from './scheme-verifier.js'

/** An app's key and one of its secrets. */
export interface PusherCredentials {
  /** Comes with every request, as `X-Pusher-Key`. */
  readonly key: string
  /** Signs the requests. Never sent. */
  readonly secret: string
}

/** Verifies `X-Pusher-Signature` with the secrets of the app that `X-Pusher-Key` names. */
export class PusherVerifier implements SchemeVerifier {
  readonly name = 'pusher'
  readonly #hmacs = new Map<string, Hmac[]>()

  /** @param credentials several secrets may share a key, while they are rotated */
  constructor(credentials: readonly PusherCredentials[], createHmac: CreateHmac) {
    const utf8 = new TextEncoder()
    for (const { key, secret } of credentials) {
      const hmacs = this.#hmacs.get(key) ?? []
      hmacs.push(createHmac(utf8.encode(secret)))
      this.#hmacs.set(key, hmacs)
    }
  }

  *verify({ headers, body }: SignedRequest): Steps<Verification> {
    const signature = headerValue(headers, 'x-pusher-signature')
    if (signature === undefined) return { kind: 'absent' }
    const key = headerValue(headers, 'x-pusher-key')
    if (key === undefined) return refused('MISSING_SIGNATURE', 'X-Pusher-Signature came without X-Pusher-Key')
    const hmacs = this.#hmacs.get(key)
    if (hmacs === undefined) return refused('UNKNOWN_KEY', `no app with the key ${JSON.stringify(key)} is known here`)
    for (const hmac of hmacs) {
      const digest = yield { hmac, prefix: '', body }
      if (equalInConstantTime(hex(digest), signature)) return { kind: 'verified', key }
    }
    return refused('BAD_SIGNATURE', 'X-Pusher-Signature is not that of this body under any secret of its key')
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
