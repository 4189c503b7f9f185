import type { SlabId } from './arena-memory.js'
import type { Batches } from './batches.js'
import { SlabState, SlabWord } from './layout.js'
import type { Slabs } from './slab.js'

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
 * a claimed slab was never in use; of two open slabs with one delivery id the smaller had been outgrown; a batch that is a dead
 * letter too had moved to its slab; what was in flight may or may not have arrived and is sent again under the same id.
 */
export function recover(batches: Batches): Recovered {
  const { slabs, allocator } = batches
  const open = new Map<string, SlabId>()
  const pending: SlabId[] = []
  const dead: SlabId[] = []
  const held: SlabId[] = []
  const unused: SlabId[] = []

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
      case SlabState.Sealed:
        pending.push(slab)
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

  const byTime = (a: SlabId, b: SlabId) => slabs.time(a, SlabWord.LastAttemptAt) - slabs.time(b, SlabWord.LastAttemptAt)
  const moved = movedFrom(slabs, pending, dead.sort(byTime).at(-1))
  if (moved !== undefined) unused.push(moved)
  for (const slab of unused) allocator.release(slab)

  const sealed = moved === undefined ? pending : pending.filter((slab) => slab !== moved)
  const inFlight = sealed.filter((slab) => slabs.state(slab) === SlabState.InFlight)
  for (const slab of inFlight) slabs.setState(slab, SlabState.Sealed)

  const bySequence = (a: SlabId, b: SlabId) =>
    (slabs.lastSequence(a) - slabs.lastSequence(b)) | 0 || (slabs.lastHeldSequence(a) - slabs.lastHeldSequence(b)) | 0
  return {
    open: [...open.values()].sort(bySequence),
    sealed: sealed.sort(bySequence),
    inFlight: inFlight.length,
    dead,
    held: held.sort(bySequence),
  }
}

/** The slab that the newest dead letter was about to leave: no older one can be between two slabs. */
function movedFrom(slabs: Slabs, pending: readonly SlabId[], newest: SlabId | undefined): SlabId | undefined {
  return newest === undefined ? undefined : pending.find((slab) => slabs.haveOneId(slab, newest))
}
