import { BARE, ENVELOPE } from './arena/body.js'
import type { Config } from './config/index.js'
import type { StoreSettings } from './storage/messages.js'

/** What the storage thread must know of the configuration. */
export function storeSettings({ queue, batching, payloadFormat }: Config): {
  readonly store: StoreSettings
  readonly suffixBytes: number
} {
  const { path, maxBytes, maxJobs, sync, deadLetters: letters } = queue.disk
  const isBare = payloadFormat === 'bare' && batching.durationMs === 0
  return {
    store: { driver: 'disk', path, maxBytes, maxJobs, sync, letters },
    suffixBytes: (isBare ? BARE : ENVELOPE).suffix.length,
  }
}
