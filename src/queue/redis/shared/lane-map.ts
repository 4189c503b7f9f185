import type { JobTarget } from '../../job.js'

const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** The number of an endpoint's lane, the same in every process: FNV-1a of its ids. */
export function laneOf({ app, endpoint }: JobTarget, lanes: number): number {
  let hash = FNV_OFFSET
  for (const byte of Buffer.from(`${app}\0${endpoint}`)) hash = Math.imul(hash ^ byte, FNV_PRIME) >>> 0
  return hash % lanes
}
