import { createHostBlock, createShardBlock } from '../../src/stats/layout.js'
import { ShardCounters } from '../../src/stats/shard-counters.js'
import type { ShardSource } from '../../src/stats/snapshot.js'

/** One shard's blocks with the writing side. */
export interface Shard {
  readonly source: ShardSource
  readonly counters: ShardCounters
}

export function createShard(ringBacklogBytes = 0): Shard {
  const shard = createShardBlock()
  return { source: { host: createHostBlock(), shard, ringBacklogBytes }, counters: new ShardCounters(shard) }
}
