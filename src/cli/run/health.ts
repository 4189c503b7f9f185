/** What the program is at. */
export type Phase = 'starting' | 'running' | 'draining'

/** What the answers of `/livez` and `/readyz` are made of. */
export interface HealthState {
  readonly phase: Phase
  /** Whether the apps of a database have been read once. */
  readonly areAppsRead: boolean
  /** Shards that died too often. */
  readonly shardsDown: readonly number[]
  readonly isQueueReachable: boolean
}

/** Something that is not as it should be. */
export interface Missing {
  /** Stable, for programs. */
  readonly what: 'start' | 'apps' | 'shard' | 'queue' | 'draining'
  /** For people. */
  readonly message: string
}

export interface Health {
  readonly ok: boolean
  /** Empty when it is ok. */
  readonly missing: readonly Missing[]
}

/** Whether the process is worth keeping. */
export function liveness({ shardsDown }: HealthState): Health {
  return healthOf(shardsDown.map(shardDown))
}

/** Whether it can do its work now. */
export function readiness({ phase, areAppsRead, shardsDown, isQueueReachable }: HealthState): Health {
  if (phase === 'starting') return healthOf([{ what: 'start', message: 'the dispatcher is starting' }])
  const missing: Missing[] = []
  if (phase === 'draining') missing.push({ what: 'draining', message: 'the program is shutting down' })
  if (!areAppsRead) missing.push({ what: 'apps', message: 'the apps have not been read from the database yet' })
  missing.push(...shardsDown.map(shardDown))
  if (!isQueueReachable) missing.push({ what: 'queue', message: "the queue's store cannot be reached" })
  return healthOf(missing)
}

function healthOf(missing: readonly Missing[]): Health {
  return { ok: missing.length === 0, missing }
}

function shardDown(shard: number): Missing {
  return { what: 'shard', message: `shard ${shard} died too often and is down until a later restart succeeds` }
}
