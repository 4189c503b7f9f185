import { createServer } from 'node:http'
import { createReceiver, nodeHandler, type WebhookEvent } from 'signpost/receiver'

/** A table or a queue of yours. `add` does nothing for an id that is there already. */
export interface Inbox {
  add(id: string | null, events: readonly WebhookEvent[]): Promise<void>
}

/** Stores what came and answers. Another process works through the inbox. */
export function createWebhookServer(inbox: Inbox) {
  const receiver = createReceiver({ pusher: [{ key: 'app-key', secret: 'app-secret' }] })
  return createServer(nodeHandler(receiver, ({ id, events }) => inbox.add(id, events)))
}
