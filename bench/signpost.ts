import { createDispatcher } from '../src/index.js'
import { BATCH_EVENTS, BATCH_MS, type Contender, type ContenderOptions } from './contender.js'

/** Signpost with one shard. */
export async function signpost({ url, secret, apps }: ContenderOptions): Promise<Contender> {
  const dispatcher = await createDispatcher({
    dispatcher: { shards: 1 },
    webhooks: { batching: { size: BATCH_EVENTS, duration: BATCH_MS } },
    apps: Array.from({ length: apps }, (_, index) => ({
      id: `app-${index}`,
      key: 'key',
      secret,
      webhooks: [{ url, event_types: ['member_added'] }],
    })),
  })
  const handles = Array.from({ length: apps }, (_, index) => dispatcher.app(`app-${index}`))
  return {
    name: 'Signpost',
    emit: (app, channel, userId) => handles[app]?.memberAdded(channel, userId) ?? false,
    settle: () => dispatcher.flush(),
    close: async () => {
      const { events } = await dispatcher.close()
      if (events > 0) throw new Error(`${events} events were left undelivered`)
    },
  }
}
