import { createDispatcher } from '../src/index.js'
import { BATCH_EVENTS, BATCH_MS, type Start } from './contender.js'

export interface SignpostSettings {
  readonly shards?: number
  readonly isBatching?: boolean
}

/** Signpost with one shard unless told otherwise. */
export function signpost({ shards = 1, isBatching = true }: SignpostSettings): Start {
  return async ({ url, secret, apps }) => {
    const dispatcher = await createDispatcher({
      dispatcher: { shards },
      webhooks: { batching: { enabled: isBatching, size: BATCH_EVENTS, duration: BATCH_MS } },
      apps: Array.from({ length: apps }, (_, index) => ({
        id: `app-${index}`,
        key: 'key',
        secret,
        webhooks: [{ url, event_types: ['member_added'] }],
      })),
    })
    const handles = Array.from({ length: apps }, (_, index) => dispatcher.app(`app-${index}`))
    return {
      emit: (app, channel, userId) => handles[app]?.memberAdded(channel, userId) ?? false,
      settle: async () => {
        await dispatcher.flush()
      },
      close: async () => {
        const { events } = await dispatcher.close()
        if (events > 0) throw new Error(`${events} events were left undelivered`)
      },
    }
  }
}
