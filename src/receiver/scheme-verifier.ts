import type { SignatureName } from '../signing/scheme.js'
import type { Steps } from './digests.js'
import type { WebhookHeaders } from './headers.js'
import { WebhookError, type WebhookErrorCode } from './webhook-error.js'

/** A request, as far as its signature goes. */
export interface SignedRequest {
  /** All headers of the request; their names may be in any case. */
  readonly headers: WebhookHeaders
  /** The exact bytes of the body, before any parsing. */
  readonly body: Uint8Array
}

export type Verification =
  /** The request has no signature of this scheme. */
  | { readonly kind: 'absent' }
  /** `key`: the app's key whose secret signed it; null where the scheme has no keys. */
  | { readonly kind: 'verified'; readonly key: string | null }
  | { readonly kind: 'refused'; readonly error: WebhookError }

/** Checks the signatures of one scheme. */
export interface SchemeVerifier {
  readonly name: SignatureName
  /** @param nowMs Unix time in ms */
  verify(request: SignedRequest, nowMs: number): Steps<Verification>
}

export function refused(code: WebhookErrorCode, message: string): Verification {
  return { kind: 'refused', error: new WebhookError(code, message) }
}

/** Compares two texts; how long it takes tells nothing but whether their lengths are the same. */
export function equalInConstantTime(left: string, right: string): boolean {
  if (left.length !== right.length) return false
  let difference = 0
  for (let index = 0; index < left.length; index++) difference |= left.charCodeAt(index) ^ right.charCodeAt(index)
  return difference === 0
}
