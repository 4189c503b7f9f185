import { type ConnectionOptions, Worker } from 'bullmq'
import type { Dispatcher, EmitEvent } from 'signpost'

interface WebhookJob {
  readonly app: string
  readonly event: EmitEvent
}

/** Hands the jobs of a former queue to Signpost, which has a durable queue. A job is done when its event is stored. */
export function drainFormerQueue(dispatcher: Dispatcher, connection: ConnectionOptions): Worker<WebhookJob> {
  return new Worker<WebhookJob>(
    'webhooks',
    async ({ data }) => {
      if (!dispatcher.emit(data.app, data.event)) throw new Error('refused: BullMQ tries it again')
      await dispatcher.persisted()
    },
    { connection, concurrency: 100 },
  )
}
