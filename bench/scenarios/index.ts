import type { Scenario } from '../scenario.js'

/**
 * Every scenario by its name, in the order in which they run. Loaded one by one, so that what one needs and another revision of
 * Signpost does not have costs only that one.
 */
const table: Readonly<Record<string, () => Promise<Scenario>>> = {
  functions: async () => (await import('./functions.js')).functions,
  'hand-over': async () => (await import('./hand-over.js')).handOver,
  'loop-delay': async () => (await import('./loop-delay.js')).loopDelay,
  throughput: async () => (await import('./throughput.js')).throughput,
  unbatched: async () => (await import('./unbatched.js')).unbatched,
  latency: async () => (await import('./latency.js')).latency,
  apps: async () => (await import('./apps.js')).apps,
  'app-sources': async () => (await import('./app-sources.js')).appSources,
  transport: async () => (await import('./transport.js')).transport,
  memory: async () => (await import('./memory.js')).memory,
  recovery: async () => (await import('./recovery.js')).recovery,
  disk: async () => (await import('./disk.js')).disk,
  'disk-store': async () => (await import('./disk-store.js')).diskStore,
  'disk-recovery': async () => (await import('./disk-recovery.js')).diskRecovery,
  sqs: async () => (await import('./sqs.js')).sqs,
  'disk-kill': async () => (await import('./disk-kill.js')).diskKill,
  redis: async () => (await import('./redis.js')).redis,
  'redis-consumers': async () => (await import('./redis-consumers.js')).redisConsumers,
  isolation: async () => (await import('./isolation.js')).isolation,
}

export const SCENARIO_NAMES: readonly string[] = Object.keys(table)

/** @throws RangeError for an unknown name */
export async function scenarioNamed(name: string): Promise<Scenario> {
  const load = table[name]
  if (load === undefined) throw new RangeError(`there is no scenario ${JSON.stringify(name)}`)
  return load()
}
