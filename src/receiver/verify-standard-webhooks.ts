import { signedPrefix, standardWebhooksKey } from '../signing/standard-webhooks-form.js'
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

const version = 'v1,'
const unixSeconds = /^\d{1,12}$/

/** Verifies `webhook-signature`, and that `webhook-timestamp` is of now. */
export class StandardWebhooksVerifier implements SchemeVerifier {
  readonly name = 'standard-webhooks'
  readonly #hmacs: readonly Hmac[]
  readonly #toleranceMs: number

  /**
   * @param secrets in `whsec_` form; a signature under any of them will do
   * @param toleranceMs how far the timestamp may be from now, either way
   */
  constructor(secrets: readonly string[], toleranceMs: number, createHmac: CreateHmac) {
    this.#hmacs = secrets.map((secret) => createHmac(standardWebhooksKey(secret)))
    this.#toleranceMs = toleranceMs
  }

  *verify({ headers, body }: SignedRequest, nowMs: number): Steps<Verification> {
    const header = headerValue(headers, 'webhook-signature')
    if (header === undefined) return { kind: 'absent' }
    const id = headerValue(headers, 'webhook-id')
    if (id === undefined) return refused('MISSING_SIGNATURE', 'webhook-signature came without webhook-id')
    const timestamp = headerValue(headers, 'webhook-timestamp')
    if (timestamp === undefined) return refused('MISSING_SIGNATURE', 'webhook-signature came without webhook-timestamp')
    if (!unixSeconds.test(timestamp)) return refused('BAD_HEADER', 'webhook-timestamp is not Unix time in seconds')
    if (!(yield* this.#isSigned(header, signedPrefix(id, timestamp), body))) {
      return refused('BAD_SIGNATURE', 'webhook-signature has no v1 signature of this id, timestamp and body')
    }
    const skewMs = Math.abs(nowMs - Number(timestamp) * 1000)
    if (skewMs <= this.#toleranceMs) return { kind: 'verified', key: null }
    return refused('STALE_TIMESTAMP', `webhook-timestamp is ${Math.round(skewMs / 1000)} s away from this clock`)
  }

  *#isSigned(header: string, prefix: string, body: Uint8Array): Steps<boolean> {
    const given = header
      .split(' ')
      .filter((signature) => signature.startsWith(version))
      .map((signature) => signature.slice(version.length))
    for (const hmac of this.#hmacs) {
      const expected = btoa(String.fromCharCode(...(yield { hmac, prefix, body })))
      if (given.some((signature) => equalInConstantTime(signature, expected))) return true
    }
    return false
  }
}
