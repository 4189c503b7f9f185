import type { ConfigInput } from '../../index.js'
import { eventTypesOf } from './mix.js'
import { type LoadSettings, secretOf } from './settings.js'

/** Failed deliveries come again soon, so that a run with failures can end. */
const RETRY = { initial_backoff_ms: 50, max_backoff_ms: 1000, max_elapsed_time_ms: 3_600_000 }

export function appId(index: number): string {
  return `app-${index}`
}

/** The dispatcher's configuration for a run. The path of a webhook's URL is its place among those of its app. */
export function driverConfig(settings: LoadSettings, ports: readonly number[]): ConfigInput {
  const { apps, endpoints, batchMs, batchSize, shards, mix } = settings
  const eventTypes = eventTypesOf(mix)
  const urlOf = (app: number, endpoint: number) =>
    `http://127.0.0.1:${ports[(app + endpoint) % ports.length]}/${endpoint}`
  return {
    dispatcher: shards === null ? {} : { shards },
    webhooks: {
      batching: batchMs === 0 ? { enabled: false } : { enabled: true, duration: batchMs, size: batchSize },
      retry: RETRY,
      // A share of failures is what the run asks for, not a reason to leave an endpoint alone.
      circuit_breaker: { enabled: false },
    },
    apps: Array.from({ length: apps }, (_, app) => ({
      id: appId(app),
      key: appId(app),
      secret: secretOf(appId(app)),
      webhooks: Array.from({ length: endpoints }, (_, endpoint) => ({
        url: urlOf(app, endpoint),
        event_types: eventTypes,
      })),
    })),
  }
}
