import type { SlabId } from '../arena/arena-memory.js'
import type { Batches } from '../arena/batches.js'
import { SlabState, SlabWord } from '../arena/layout.js'
import { claimHead } from '../deliver/claim-head.js'
import type { Deliver } from '../deliver/deliver.js'
import type { Gather } from '../gather/gather.js'
import type { StoredLetter } from '../storage/messages.js'
import { monotonicNow as now } from '../time/clocks.js'

interface Splitting {
  readonly batches: Batches
  readonly deliver: Pick<Deliver, 'endpoints' | 'durable'>
  readonly gather: Pick<Gather, 'host'>
}

/** Puts dead letters of the store into the arena and splits them there. @returns how many; others find no room now */
export function splitStored(shard: Splitting, letters: readonly StoredLetter[]): number {
  return letters.filter((letter) => splitOne(shard, letter)).length
}

/** The parts are wanted in the store before the letter is done there. */
function splitOne({ batches, deliver, gather }: Splitting, letter: StoredLetter): boolean {
  const endpoint = deliver.endpoints.find(letter.endpoint)
  if (endpoint === undefined || deliver.durable === null) return false
  const slab = claimHead(batches, deliver.durable.firstSeq, endpoint, letter.head, now())
  if (slab === null) return false
  batches.body(slab).set(letter.body)
  batches.slabs.setState(slab, SlabState.Dead)
  const parts: readonly SlabId[] | null = batches.separate(slab)
  if (parts === null) {
    batches.allocator.release(slab)
    return false
  }
  for (const part of parts) {
    batches.slabs.setTime(part, SlabWord.SealedAt, now())
    gather.host.holds(endpoint.number, batches.allocator.memory.slabBytes(part))
    gather.host.submit(endpoint.number, part, now())
  }
  return true
}
