import { type ArenaShape, arenaShape, createArena } from '../../../src/arena/layout.js'
import { createRing, MIN_RING_BYTES } from '../../../src/ring/layout.js'
import { createShardBlock } from '../../../src/stats/layout.js'

/** Everything that outlives a thread. */
export interface Memory {
  readonly ring: SharedArrayBuffer
  readonly arena: SharedArrayBuffer
  readonly shape: ArenaShape
  readonly counters: SharedArrayBuffer
  /** The host's thread does not die: its next event's number goes on. */
  readonly nextSequence: number
}

export function freshMemory(arenaBytes: number, maxBytes: number): Memory {
  const shape = arenaShape(arenaBytes, maxBytes)
  return {
    ring: createRing(MIN_RING_BYTES),
    arena: createArena(shape),
    shape,
    counters: createShardBlock(),
    nextSequence: 0,
  }
}

export function copyOf(memory: Memory, nextSequence: number): Memory {
  const { ring, arena, shape, counters } = memory
  return { ring: ring.slice(0), arena: arena.slice(0), shape, counters: counters.slice(0), nextSequence }
}
