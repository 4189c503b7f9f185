import type { AppConfig, SignatureName } from '../../src/config/model.js'
import { createSigner } from '../../src/signing/schemes.js'
import { unixMs } from '../../src/time/clocks.js'
import { exampleApp } from '../signing/app.js'

export interface SignedRequestOptions {
  readonly app?: AppConfig
  readonly schemes?: readonly SignatureName[]
  readonly id?: string | null
  readonly nowMs?: number
  readonly payload?: unknown
}

export interface SignedRequest {
  readonly headers: Record<string, string>
  readonly body: Buffer<ArrayBuffer>
}

export const memberAdded = { name: 'member_added', channel: 'presence-ä€🙂', user_id: 'u1', time_ms: 1 }

/** A request as Signpost sends it. */
export function signedRequest({
  app = exampleApp(),
  schemes = ['pusher'],
  id = 'delivery-1',
  nowMs = Date.now(),
  payload = { time_ms: 1, events: [memberAdded] },
}: SignedRequestOptions = {}): SignedRequest {
  const body = Buffer.from(JSON.stringify(payload))
  const signature: string[] = []
  createSigner(app, schemes).sign(body, id ?? '', unixMs(nowMs), signature)
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (id !== null) headers['webhook-id'] = id
  for (let index = 0; index < signature.length; index += 2) {
    headers[(signature[index] ?? '').toLowerCase()] = signature[index + 1] ?? ''
  }
  return { headers, body }
}
