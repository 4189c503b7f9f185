import { createDispatcher } from '../src/index.js'
import { BATCH_EVENTS, BATCH_MS, type Contender, type Start } from './contender.js'

export interface SignpostSettings {
  readonly shards?: number
  readonly isBatching?: boolean
  /** Emits objects by the apps' ids instead of calling handles' methods. */
  readonly isById?: boolean
}

/** Signpost with one shard unless told otherwise. */
export function signpost({ shards = 1, isBatching = true, isById = false }: SignpostSettings): Start {
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
    // As a host has them, from messages that it parsed.
    const ids = JSON.parse(JSON.stringify(handles.map(({ id }) => id))) as readonly string[]
    const byHandle: Contender['emit'] = (app, channel, userId) => handles[app]?.memberAdded(channel, userId) ?? false
    const byId: Contender['emit'] = (app, channel, userId) =>
      dispatcher.emit(ids[app] ?? '', { name: 'member_added', channel, user_id: userId })
    return {
      emit: isById ? byId : byHandle,
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
