import type { ConfigInput } from '../src/index.js'
import { startRedis } from './servers/redis.js'
import { temporaryFolder } from './temporary-folder.js'

export const DURABLE_QUEUES = ['disk', 'redis', 'redis-consumers'] as const
export type DurableQueueName = (typeof DURABLE_QUEUES)[number]

/** A queue that outlives the processes of a soak. */
export interface SoakQueue {
  readonly config: NonNullable<ConfigInput['queue']>
  /** As `createDispatcher` takes it. */
  readonly consume: boolean
  /** Its server dies, and is back after a moment with all that it had; null: it has none. */
  readonly crash: (() => Promise<void>) | null
  remove(): Promise<void>
}

export async function startSoakQueue(name: DurableQueueName): Promise<SoakQueue> {
  if (name === 'disk') {
    const folder = temporaryFolder()
    const config = { driver: 'disk', disk: { path: folder.path } } as const
    return { config, consume: false, crash: null, remove: async () => folder.remove() }
  }
  const redis = await startRedis()
  const deliver = name === 'redis' ? 'here' : 'consumers'
  const settings = { url_override: `redis://127.0.0.1:${redis.port}/0`, deliver } as const
  return {
    config: { driver: 'redis', redis: settings },
    consume: deliver === 'consumers',
    crash: async () => {
      await redis.kill()
      await redis.start()
    },
    remove: () => redis.stop(),
  }
}
