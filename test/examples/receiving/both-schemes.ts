import { createReceiver, deriveStandardWebhooksSecret } from 'signpost/receiver'

/** Accepts Standard Webhooks only: its signature covers the id and the time of the attempt. */
export const receiver = createReceiver({
  standardWebhooks: [deriveStandardWebhooksSecret('new-secret'), deriveStandardWebhooksSecret('old-secret')],
  toleranceMs: 60_000,
})
