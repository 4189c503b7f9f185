import type { SlabId } from '../../../src/arena/arena-memory.js'
import type { Batches } from '../../../src/arena/batches.js'
import { SlabState, SlabWord } from '../../../src/arena/layout.js'

/** An event as it stands in a body. */
export type Told = Readonly<Record<string, unknown>>

/** The events of a batch, sealed or not. */
export function eventsIn({ slabs, allocator }: Batches, slab: SlabId): Told[] {
  const start = slabs.bodyAt(slab)
  const body = allocator.memory.bytes.toString('utf8', start, start + slabs.length(slab))
  return JSON.parse(`${body.slice(body.indexOf('['))}]`) as Told[]
}

/** The endpoint's batches that are open, or sealed and not yet delivered. */
export function batchesOf({ slabs, allocator }: Batches, endpoint: number): SlabId[] {
  const found: SlabId[] = []
  allocator.memory.forEachUsed((slab) => {
    const isBatch = slabs.state(slab) === SlabState.Open || slabs.state(slab) === SlabState.Sealed
    if (isBatch && slabs.word(slab, SlabWord.Endpoint) === endpoint) found.push(slab)
  })
  return found
}
