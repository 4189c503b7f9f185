import type { OpenStore } from '../queue/job-store.js'
import type { StoreSettings } from './messages.js'

/** A store that is open, and what people should know of where it lies. */
export interface OpenedStore {
  readonly store: OpenStore
  readonly warnings: readonly string[]
}

type Open = (settings: StoreSettings) => Promise<OpenedStore>

/** A driver is one line here, and loaded by the storage thread alone. */
const DRIVERS: Readonly<Record<StoreSettings['driver'], () => Promise<Open>>> = {
  disk: async () => (await import('../queue/disk.js')).openDiskStore,
}

/** @throws what the driver throws when the store cannot be used */
export async function openStore(settings: StoreSettings): Promise<OpenedStore> {
  const open = await DRIVERS[settings.driver]()
  return open(settings)
}
