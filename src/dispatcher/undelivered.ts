import { inTurns } from '../time/in-turns.js'
import type { ShardClient } from './shard-client.js'

/** What `close` or `flush` could not deliver in time. Counted in events. */
export interface Undelivered {
  /** Events, over all endpoints. */
  readonly events: number
  /** The same by endpoint. */
  readonly endpoints: readonly UndeliveredEndpoint[]
  /** Batches that the durable queue holds, most of the events above among them. The next start delivers them. */
  readonly stored?: number
}

/** With the number of batches that a durable queue holds; where it holds none, there is no such field. @internal */
export function withStored(left: Undelivered, stored: number): Undelivered {
  return stored === 0 ? left : { ...left, stored }
}

/** What is left for one endpoint. */
export interface UndeliveredEndpoint {
  /** The app's id. */
  readonly app: string
  /** The webhook's id; null: not yet handed to its webhooks. */
  readonly endpoint: string | null
  /** Events that wait for it. */
  readonly events: number
}

/** Reads what shards have left, now, without holding up the event loop. @internal */
export async function remaining(shards: readonly ShardClient[]): Promise<Undelivered> {
  const endpoints: UndeliveredEndpoint[] = []
  for (const shard of shards) await inTurns(addLeftOn(shard, endpoints))
  return { events: endpoints.reduce((sum, { events }) => sum + events, 0), endpoints }
}

function* addLeftOn(shard: ShardClient, left: UndeliveredEndpoint[]): Generator<void, void, void> {
  const { batched, unread } = yield* shard.leftovers()
  const unowned = new Map(batched)
  for (const { config, endpoints } of shard.apps()) {
    for (const { number, config: webhook } of endpoints) {
      const events = batched.get(number)
      if (events === undefined) continue
      unowned.delete(number)
      left.push({ app: config.id, endpoint: webhook.id, events })
    }
    yield
  }
  for (const events of unowned.values()) left.push({ app: '', endpoint: null, events })
  for (const [index, events] of unread) left.push({ app: shard.appAt(index) ?? '', endpoint: null, events })
}
