import { deriveStandardWebhooksSecret } from 'signpost/receiver'
import { Webhook } from 'standardwebhooks'

const webhook = new Webhook(deriveStandardWebhooksSecret('app-secret'))

/** Throws when the signature is bad, the timestamp is older than five minutes or a header is missing. */
export function verified(headers: Record<string, string>, rawBody: string): unknown {
  return webhook.verify(rawBody, headers)
}
