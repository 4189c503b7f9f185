import type { SignatureName } from '../signing/scheme.js'
import { SignpostError } from '../signpost-error.js'
import { durationOf } from '../time/duration.js'
import { run, runNow, type Steps } from './digests.js'
import type { WebhookEvent } from './events.js'
import { headerValue, type WebhookHeaders } from './headers.js'
import { type CreateHmac, createHmac } from './hmac.js'
import { parsePayload } from './payload.js'
import type { SchemeVerifier, SignedRequest, Verification } from './scheme-verifier.js'
import { type PusherCredentials, PusherVerifier } from './verify-pusher.js'
import { StandardWebhooksVerifier } from './verify-standard-webhooks.js'
import { WebhookError } from './webhook-error.js'

/** Which signatures are accepted. */
export interface VerifierOptions {
  /** Accept Pusher signatures of these apps. Several secrets may share a key, and several keys an app, during a rotation. */
  readonly pusher?: readonly PusherCredentials[] | undefined
  /** Accept Standard Webhooks signatures under any of these secrets, `whsec_` and base64. */
  readonly standardWebhooks?: readonly string[] | undefined
  /** How far `webhook-timestamp` may be from now, either way, in ms; default 300000, Infinity: any. Pusher's signature holds no time. */
  readonly toleranceMs?: number | undefined
  /** The clock: Unix time in ms; default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** A request whose signature and body are good. */
export interface ReceivedWebhook {
  /** The delivery id, the same at every attempt; null: the sender gave none. Only Standard Webhooks signs it. */
  readonly id: string | null
  /** When the sender sealed the body, Unix time in ms. */
  readonly timeMs: number
  /** In the order in which they were emitted. */
  readonly events: readonly WebhookEvent[]
  /** The strongest scheme that verified it. */
  readonly scheme: SignatureName
  /** The app's key, as Pusher's signature proves it; null under Standard Webhooks alone. */
  readonly key: string | null
}

/** Checks requests: a good one becomes a `ReceivedWebhook`, any other the error that says why. */
export interface Verifier {
  /** @throws SignpostError `NO_SYNC_CRYPTO` where there is no synchronous cryptography */
  verifyNow(request: SignedRequest): ReceivedWebhook | WebhookError
  verify(request: SignedRequest): Promise<ReceivedWebhook | WebhookError>
}

const visibleAscii = /^[\x21-\x7e]{1,256}$/

/**
 * Makes a verifier. Of the schemes that have secrets, every one that the request carries must be good, and at least one
 * must be there.
 * @throws SignpostError `INVALID_OPTIONS` without any secret, `INVALID_SECRET` for one that is not of its form,
 * `INVALID_DURATION`
 */
export function createVerifier(options: VerifierOptions, hmacOf: CreateHmac = createHmac): Verifier {
  const { pusher = [], standardWebhooks = [], toleranceMs = 300_000, now = Date.now } = options
  const tolerance = durationOf(toleranceMs, 'toleranceMs')
  const schemes: SchemeVerifier[] = []
  if (standardWebhooks.length > 0) schemes.push(new StandardWebhooksVerifier(standardWebhooks, tolerance, hmacOf))
  if (pusher.length > 0) schemes.push(new PusherVerifier(pusher, hmacOf))
  if (schemes.length === 0) {
    throw new SignpostError('INVALID_OPTIONS', 'a receiver needs secrets: give `pusher`, `standardWebhooks` or both')
  }
  return {
    verifyNow: (request) => runNow(verification(schemes, request, now())),
    verify: (request) => run(verification(schemes, request, now())),
  }
}

function* verification(
  schemes: readonly SchemeVerifier[],
  request: SignedRequest,
  nowMs: number,
): Steps<ReceivedWebhook | WebhookError> {
  const id = deliveryId(request.headers)
  if (id instanceof WebhookError) return id
  const proof = yield* prove(schemes, request, nowMs)
  if (proof instanceof WebhookError) return proof
  const payload = parsePayload(request.body)
  return payload instanceof WebhookError ? payload : { id, ...payload, ...proof }
}

function deliveryId(headers: WebhookHeaders): string | null | WebhookError {
  const id = headerValue(headers, 'webhook-id')
  if (id === undefined) return null
  return visibleAscii.test(id)
    ? id
    : new WebhookError('BAD_HEADER', 'webhook-id is not 1 to 256 visible ASCII characters')
}

function* prove(
  schemes: readonly SchemeVerifier[],
  request: SignedRequest,
  nowMs: number,
): Steps<Pick<ReceivedWebhook, 'scheme' | 'key'> | WebhookError> {
  let scheme: SignatureName | null = null
  let key: string | null = null
  for (const candidate of schemes) {
    const verification: Verification = yield* candidate.verify(request, nowMs)
    if (verification.kind === 'refused') return verification.error
    if (verification.kind === 'absent') continue
    scheme ??= candidate.name
    key ??= verification.key
  }
  if (scheme !== null) return { scheme, key }
  const expected = schemes.map(({ name }) => name).join(' or ')
  return new WebhookError('MISSING_SIGNATURE', `the request has no signature of the scheme ${expected}`)
}
