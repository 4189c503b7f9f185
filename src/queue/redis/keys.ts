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

/** Sorted set of the lanes. A score says until when the lane's lease lasts as far as its owner knows, in Unix ms of the server. */
export function registryKey(prefix: string): string {
  return `{${trimmed(prefix)}:signpost}:lanes`
}
