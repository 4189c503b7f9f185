import type { ShardClient } from './shard-client.js'

/** What `close` or `flush` could not deliver in time. Counted in events. */
export interface Undelivered {
  readonly events: number
  readonly endpoints: readonly UndeliveredEndpoint[]
}

export interface UndeliveredEndpoint {
  readonly app: string
  /** The webhook's id; null: not yet handed to its webhooks. */
  readonly endpoint: string | null
  readonly events: number
}

/** Reads what shards have left, now. @internal */
export function remaining(shards: readonly ShardClient[]): Undelivered {
  const endpoints = shards.flatMap(leftOn)
  return { events: endpoints.reduce((sum, { events }) => sum + events, 0), endpoints }
}

function leftOn(shard: ShardClient): UndeliveredEndpoint[] {
  const { batched, unread } = shard.leftovers()
  const owners = shard.owners()
  const inBatches = [...batched].map(([number, events]) => {
    const owner = owners.get(number)
    return { app: owner?.app ?? '', endpoint: owner?.endpoint ?? null, events }
  })
  const inRing = [...unread].map(([index, events]) => ({
    app: shard.appAt(index) ?? '',
    endpoint: null,
    events,
  }))
  return [...inBatches, ...inRing]
}
