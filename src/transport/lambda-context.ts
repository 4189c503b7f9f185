import type { AppConfig } from '../config/model.js'
import { DeliveryError } from './http-errors.js'
import type { Delivery } from './transport.js'

/** What AWS takes as the base64 of a client context, in bytes. */
export const MAX_CLIENT_CONTEXT_BYTES = 3583

/**
 * What an HTTP receiver reads in the headers, for functions: the client context's `custom` map, which every runtime of
 * Lambda hands over as strings by name: `app-id`, `webhook-id` and the signature headers in lower case. AWS passes it to
 * functions that are invoked with `RequestResponse` only.
 *
 * Throws a `DeliveryError` when AWS would not take it.
 */
export function clientContext(app: AppConfig, delivery: Delivery): string {
  const custom: Record<string, string> = { 'app-id': app.id, 'webhook-id': delivery.id }
  for (let index = 0; index + 1 < delivery.headers.length; index += 2) {
    const name = delivery.headers[index]
    const value = delivery.headers[index + 1]
    if (name !== undefined && value !== undefined) custom[name.toLowerCase()] = value
  }
  const encoded = Buffer.from(JSON.stringify({ custom })).toString('base64')
  if (encoded.length <= MAX_CLIENT_CONTEXT_BYTES) return encoded
  throw new DeliveryError(
    'configuration',
    `app id and signatures make a Lambda client context of ${encoded.length} bytes, ` +
      `and AWS takes ${MAX_CLIENT_CONTEXT_BYTES}: use fewer signatures or former secrets`,
  )
}
