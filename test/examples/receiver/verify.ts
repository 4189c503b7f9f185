import { createReceiver, type ReceivedWebhook, WebhookError } from 'signpost/receiver'

const receiver = createReceiver({
  pusher: [{ key: 'app-key', secret: 'app-secret' }],
  onError: (error) => console.error(error.code, error.message),
})

/** For a place that has no adapter: it only needs the headers and the raw bytes of the body. */
export function receive(headers: Record<string, string>, body: Uint8Array): ReceivedWebhook | number {
  try {
    return receiver.verify({ headers, body })
  } catch (error) {
    if (error instanceof WebhookError) return error.status
    throw error
  }
}
