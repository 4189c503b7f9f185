import { parsePayload } from '../receiver/payload.js'
import { createVerifier, type VerifierOptions } from '../receiver/verifier.js'
import { WebhookError } from '../receiver/webhook-error.js'
import type { Finding } from './recorded-request.js'

/** Finds out what a request holds, and whether it is to be acknowledged. */
export type Inspector = (headers: Readonly<Record<string, string | string[] | undefined>>, body: Uint8Array) => Finding

/** Takes only what is signed. */
export function verifyingInspector(options: VerifierOptions): Inspector {
  const verifier = createVerifier(options)
  return (headers, body) => {
    const result = verifier.verifyNow({ headers, body })
    return result instanceof WebhookError ? refusal(result) : { webhook: result, events: result.events, error: null }
  }
}

/** Takes everything, and the events of what is a webhook. */
export const trustingInspector: Inspector = (_headers, body) => {
  const payload = parsePayload(body)
  return { webhook: null, events: payload instanceof WebhookError ? [] : payload.events, error: null }
}

export function refusal(error: WebhookError): Finding {
  return { webhook: null, events: [], error }
}

/** Of a request whose body was not read. */
export const unread: Finding = { webhook: null, events: [], error: null }
