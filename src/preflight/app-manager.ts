import type { AppManagerConfig } from '../config/model.js'

/** Where the apps are, and how changes are noticed, in a few words; null: in the configuration alone. */
export function describeAppManager({ driver, pollIntervalMs, pollIntervalFrom }: AppManagerConfig): string | null {
  if (driver === 'memory') return null
  if (pollIntervalMs === 0) return `${driver}, never polled (${pollIntervalFrom})`
  return `${driver}, polled every ${pollIntervalMs / 1000} s (${pollIntervalFrom})`
}
