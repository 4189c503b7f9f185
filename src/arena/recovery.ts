import type { SlabId } from './arena-memory.js'
import type { Batches } from './batches.js'
import { SlabState, SlabWord } from './layout.js'

/** What a dead thread left in its arena, in the order in which it came from the ring. */
export interface Recovered {
  readonly open: readonly SlabId[]
  /** Waiting for an attempt, and in flight when the thread died: all are `Sealed` now. */
  readonly sealed: readonly SlabId[]
  /** How many of `sealed` were in flight. */
  readonly inFlight: number
  readonly dead: readonly SlabId[]
  readonly held: readonly SlabId[]
}

/**
 * Reads the slabs of a dead thread and puts right what it left between two steps:
 * a claimed slab was never in use; of two open slabs with one delivery id the smaller had been outgrown; what was in flight
 * may or may not have arrived and is sent again under the same id.
 */
export function recover(batches: Batches): Recovered {
  const { slabs, allocator } = batches
  const open = new Map<string, SlabId>()
  const sealed: SlabId[] = []
  const dead: SlabId[] = []
  const held: SlabId[] = []
  const unused: SlabId[] = []
  let inFlight = 0

  allocator.memory.forEachUsed((slab) => {
    switch (slabs.state(slab)) {
      case SlabState.Open: {
        const id = slabs.deliveryId(slab)
        const twin = open.get(id)
        if (twin === undefined) {
          open.set(id, slab)
        } else {
          const isLarger = allocator.memory.slabBytes(slab) > allocator.memory.slabBytes(twin)
          open.set(id, isLarger ? slab : twin)
          unused.push(isLarger ? twin : slab)
        }
        break
      }
      case SlabState.InFlight:
        inFlight += 1
        slabs.setState(slab, SlabState.Sealed)
        sealed.push(slab)
        break
      case SlabState.Sealed:
        sealed.push(slab)
        break
      case SlabState.Dead:
        dead.push(slab)
        break
      case SlabState.Held:
        held.push(slab)
        break
      default:
        unused.push(slab)
    }
  })
  for (const slab of unused) allocator.release(slab)

  const bySequence = (a: SlabId, b: SlabId) =>
    (slabs.lastSequence(a) - slabs.lastSequence(b)) | 0 || (slabs.lastHeldSequence(a) - slabs.lastHeldSequence(b)) | 0
  const byTime = (a: SlabId, b: SlabId) => slabs.time(a, SlabWord.LastAttemptAt) - slabs.time(b, SlabWord.LastAttemptAt)
  return {
    open: [...open.values()].sort(bySequence),
    sealed: sealed.sort(bySequence),
    inFlight,
    dead: dead.sort(byTime),
    held: held.sort(bySequence),
  }
}
