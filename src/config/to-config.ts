import { defaultShards, processCores } from '../host/process-cores.js'
import { endpointDefaults } from './merge-delivery.js'
import type { Config } from './model.js'
import type { ParsedConfig } from './parsed.js'
import { toApp } from './to-app.js'
import { toAppManager, toDatabase } from './to-database.js'
import { toQueue } from './to-queue.js'

/** The whole configuration as the rest of Signpost sees it. */
export function toConfig({ webhooks, dispatcher, dead_letters, queue, ...given }: ParsedConfig): Config {
  const defaults = endpointDefaults(webhooks)
  const apps = [...(given.app_manager.array?.apps ?? []), ...(given.apps ?? [])]
  return {
    enabled: webhooks.enabled && queue.driver !== 'none',
    batching: {
      enabled: webhooks.batching.enabled,
      durationMs: webhooks.batching.duration,
      maxEvents: webhooks.batching.size,
      maxBytes: webhooks.batching.max_bytes,
    },
    payloadFormat: webhooks.payload_format,
    flapWindowMs: webhooks.flap_window_ms,
    egress: webhooks.egress,
    dispatcher: {
      shards: dispatcher.shards ?? defaultShards(processCores()),
      ringBytes: dispatcher.ring_bytes,
      arenaBytes: dispatcher.arena_bytes,
      onFull: dispatcher.on_full,
      endpointShare: dispatcher.endpoint_share,
      maxInFlight: dispatcher.max_in_flight,
      coreYield: dispatcher.core_yield,
    },
    queue: toQueue(queue),
    deadLetters: { arenaShare: dead_letters.arena_share },
    defaults,
    appManager: toAppManager(given.app_manager),
    database: toDatabase(given),
    apps: apps.map((app) => toApp(app, defaults)),
  }
}
