import type { OpenStore } from '../queue/job-store.js'
import type { StoreSettings } from './messages.js'

/** A store that is open, and what people should know of where it lies. */
export interface OpenedStore {
  readonly store: OpenStore
  readonly warnings: readonly string[]
}

type Open<Settings> = (settings: Settings) => Promise<OpenedStore>
type Drivers = {
  readonly [Driver in StoreSettings['driver']]: () => Promise<Open<Extract<StoreSettings, { driver: Driver }>>>
}

/** A driver is one line here, and loaded by the storage thread alone. */
const DRIVERS: Drivers = {
  disk: async () => (await import('../queue/disk.js')).openDiskStore,
  redis: async () => (await import('../queue/redis/index.js')).openRedisStore,
  sqs: async () => (await import('../queue/sqs/index.js')).openSqsStore,
}

/** @throws what the driver throws when the store cannot be used */
export async function openStore(settings: StoreSettings): Promise<OpenedStore> {
  // The table has each driver under the name that its settings have.
  const open = (await DRIVERS[settings.driver]()) as Open<StoreSettings>
  return open(settings)
}
