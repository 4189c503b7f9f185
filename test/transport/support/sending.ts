import type { EgressConfig, EndpointConfig } from '../../../src/config/model.js'
import { createEgressGuard } from '../../../src/transport/egress.js'
import { createHttpTransports, type HttpOptions } from '../../../src/transport/http.js'
import type { Delivery, Outcome, Transport, Transports } from '../../../src/transport/transport.js'
import { httpEndpoint, testApp } from './endpoint.js'

export const OPEN_EGRESS: EgressConfig = { policy: 'no-metadata', allow: [] }

export function httpTransports(options: Partial<HttpOptions> = {}): Transports {
  return createHttpTransports({ egress: createEgressGuard(OPEN_EGRESS), userAgent: 'Signpost/test', ...options })
}

export interface Sent {
  readonly outcome: Outcome
  /** The failure's cause; null: delivered. */
  readonly cause: string | null
  readonly message: string
}

/** Sends one delivery over transports of its own, which are closed again. */
export async function sendOnce(
  url: string,
  overrides: Partial<EndpointConfig> = {},
  headers: Record<string, string> = {},
  options: Partial<HttpOptions> = {},
): Promise<Sent> {
  const transports = httpTransports(options)
  const outcome = await send(transports.open(testApp, httpEndpoint(url, overrides, headers)))
  await transports.close()
  return describe(outcome)
}

export function send(transport: Transport, delivery: Partial<Delivery> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    transport.send({ id: 'delivery-1', body: sharedBody('{"events":[]}'), headers: [], ...delivery }, resolve)
  })
}

export function describe(outcome: Outcome): Sent {
  if (outcome.kind === 'delivered') return { outcome, cause: null, message: '' }
  return { outcome, cause: outcome.failure.cause, message: outcome.failure.message }
}

/** What `Batches.body` returns: a `Buffer` that is a view over shared memory, not at its start. */
export function sharedBody(content: string | { readonly size: number; readonly fill: string }): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.alloc(content.size, content.fill)
  const body = Buffer.from(new SharedArrayBuffer(bytes.length + 8), 8)
  body.set(bytes)
  return body
}
