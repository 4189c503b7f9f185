/** The keys of one lane. They share a hash tag, so that a cluster has them in one slot and a script may use them together. */
export interface LaneKeys {
  /** Stream of the jobs that are owed. */
  readonly log: string
  /** Stream of the dead letters. */
  readonly dead: string
  /** Hash of how far jobs have come, by their id in `log`. */
  readonly state: string
  /** The owner's token, until it expires. */
  readonly lease: string
  /** Hash: the last owner, the number of the last group and what was answered to it. */
  readonly meta: string
}

/** Sockudo trims a prefix in the same way. */
function trimmed(prefix: string): string {
  return prefix.trim().replace(/:+$/, '')
}

/** None of these names is one of Sockudo's own queue, which may have the same prefix. */
export function laneKeys(prefix: string, lane: string): LaneKeys {
  const tag = `{${trimmed(prefix)}:signpost:${lane}}`
  return { log: `${tag}:log`, dead: `${tag}:dead`, state: `${tag}:state`, lease: `${tag}:lease`, meta: `${tag}:meta` }
}

/** Keys of what the processes that share lanes must know of each other. */
export interface SharedKeys {
  /** How many lanes there are. */
  readonly count: string
  /** Sorted set of the processes that consume. A score says until when one counts as alive, in Unix ms of the server. */
  readonly consumers: string
}

export function sharedKeys(prefix: string): SharedKeys {
  const tag = `{${trimmed(prefix)}:signpost}`
  return { count: `${tag}:shared`, consumers: `${tag}:consumers` }
}

/** Names a lane that processes share, by its number from 0. */
export function sharedLane(number: number): string {
  return `shared-${number}`
}

/** The number of the last group that this process has stored in a lane, in the lane's slot. */
export function writerKey({ log }: LaneKeys, owner: string): string {
  return `${log.slice(0, -'log'.length)}from:${owner}`
}

/** Sorted set of the lanes. A score says until when the lane's lease lasts as far as its owner knows, in Unix ms of the server. */
export function registryKey(prefix: string): string {
  return `{${trimmed(prefix)}:signpost}:lanes`
}
