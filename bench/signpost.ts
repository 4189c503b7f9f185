import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { BATCH_EVENTS, BATCH_MS, type Contender, type Start } from './contender.js'
import { createDispatcher, type Dispatcher } from './published.js'
import { type Deliver, startRedisQueue } from './redis-queue.js'

export interface SignpostSettings {
  readonly shards?: number
  readonly isBatching?: boolean
  /** Emits objects by the apps' ids instead of calling handles' methods. */
  readonly isById?: boolean
  /** The disk queue instead of memory, in a folder of its own. */
  readonly disk?: DiskSettings
  /** A queue in a Redis of its own instead of memory. With `consumers` it both adds to the queue and consumes it. */
  readonly redis?: Deliver
}

export interface DiskSettings {
  readonly afterMs?: number
  readonly sync?: 'power' | 'process'
}

/** Signpost with one shard unless told otherwise. */
export function signpost({
  shards = 1,
  isBatching = true,
  isById = false,
  disk,
  redis: deliver,
}: SignpostSettings): Start {
  return async ({ url, secret, apps }) => {
    const folder = disk === undefined ? null : mkdtempSync(join(tmpdir(), 'signpost-bench-'))
    const redis = deliver === undefined ? null : { ...(await startRedisQueue()), deliver }
    const dispatcher = await createDispatcher(
      {
        dispatcher: { shards },
        ...(folder === null ? {} : { queue: diskQueue(folder, disk) }),
        ...(redis === null ? {} : { queue: redis.queue(redis.deliver) }),
        webhooks: { batching: { enabled: isBatching, size: BATCH_EVENTS, duration: BATCH_MS } },
        apps: Array.from({ length: apps }, (_, index) => ({
          id: `app-${index}`,
          key: 'key',
          secret,
          webhooks: [{ url, event_types: ['member_added'] }],
        })),
      },
      deliver === 'consumers' ? { consume: true } : {},
    )
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
        if (deliver === 'consumers') await allDelivered(dispatcher)
      },
      ...(redis === null ? {} : { serverCpuNs: () => redis.server.cpuNs() }),
      close: async () => {
        const { events } = await dispatcher.close()
        if (folder !== null) rmSync(folder, { recursive: true, force: true })
        await redis?.server.stop()
        if (events > 0) throw new Error(`${events} events were left undelivered`)
      },
    }
  }
}

/** A flush of a queue that processes share ends when it has everything. */
async function allDelivered(dispatcher: Dispatcher): Promise<void> {
  for (
    let { accepted, delivered } = dispatcher.stats();
    delivered < accepted;
    { accepted, delivered } = dispatcher.stats()
  ) {
    await wait(1)
  }
}

function diskQueue(path: string, { afterMs = 0, sync = 'power' }: DiskSettings = {}) {
  return { driver: 'disk', disk: { path, after_ms: afterMs, sync } } as const
}
