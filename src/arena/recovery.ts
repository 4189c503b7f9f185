import type { SlabId } from './arena-memory.js'
import type { Batches } from './batches.js'
import { Custody, custodyOf, isKnown } from './custody.js'
import { deliveryIdText } from './delivery-ids.js'
import { SlabState, SlabWord } from './layout.js'
import { comparePartIds, partSuffix, wholeOf } from './part-id.js'
import type { Slabs } from './slab.js'

/** A slab that says what cannot be. */
export interface Inconsistent {
  readonly slab: SlabId
  readonly reason: string
}

/** What a dead thread left in its arena, in the order in which it came from the ring. */
export interface Recovered {
  readonly open: readonly SlabId[]
  /** Waiting for an attempt, and in flight when the thread died: all are `Sealed` now. */
  readonly sealed: readonly SlabId[]
  /** How many of `sealed` were in flight. */
  readonly inFlight: number
  readonly dead: readonly SlabId[]
  readonly held: readonly SlabId[]
  /** With a durable queue: what the store has to be told, or still writes. See `SlabState`. */
  readonly settled: readonly SlabId[]
  readonly left: readonly SlabId[]
  readonly parked: readonly SlabId[]
  /** Not touched: whoever takes over sets them aside. */
  readonly inconsistent: readonly Inconsistent[]
  /** How many had been set aside before. */
  readonly quarantined: number
}

/**
 * Reads the slabs of a dead thread and puts right what it left between two steps:
 * a claimed slab was never in use; of two open slabs with one delivery id the smaller had been outgrown; a batch that is a dead
 * letter too had moved to its slab; parts of a batch that is there as a whole had not been tried, and go, unless a durable queue was
 * told of them: then the whole goes; what was in flight may or may not have arrived and is sent again under the same id.
 */
export function recover(batches: Batches): Recovered {
  const { slabs, allocator } = batches
  const open = new Map<string, SlabId>()
  const pending: SlabId[] = []
  const dead: SlabId[] = []
  const held: SlabId[] = []
  const settled: SlabId[] = []
  const left: SlabId[] = []
  const parked: SlabId[] = []
  const unused: SlabId[] = []
  const inconsistent: Inconsistent[] = []
  let quarantined = 0

  allocator.memory.forEachUsed((slab) => {
    const reason = inconsistencyOf(batches, slab)
    if (reason !== null) {
      inconsistent.push({ slab, reason })
      return
    }
    switch (slabs.state(slab)) {
      case SlabState.Open: {
        const outgrown = keepLarger(open, slabs, slab)
        if (outgrown !== null) unused.push(outgrown)
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
      case SlabState.Settled:
        settled.push(slab)
        break
      case SlabState.Left:
        left.push(slab)
        break
      case SlabState.Parked:
        parked.push(slab)
        break
      case SlabState.Quarantined:
        quarantined += 1
        break
      case SlabState.Claimed:
        unused.push(slab)
    }
  })

  const { superseded, whole, moved } = endUnfinished(batches, pending, dead, unused)
  settled.push(...whole)
  left.push(...moved)
  for (const slab of unused) allocator.release(slab)

  const isCurrent = (slab: SlabId) => !superseded.has(slab)
  const sealed = superseded.size === 0 ? pending : pending.filter(isCurrent)
  const inFlight = sealed.filter((slab) => slabs.state(slab) === SlabState.InFlight)
  for (const slab of inFlight) slabs.setState(slab, SlabState.Sealed)

  const bySequence = (a: SlabId, b: SlabId) =>
    (slabs.lastSequence(a) - slabs.lastSequence(b)) | 0 || (slabs.lastHeldSequence(a) - slabs.lastHeldSequence(b)) | 0
  const byOrder = (a: SlabId, b: SlabId) => (slabs.word(a, SlabWord.Order) - slabs.word(b, SlabWord.Order)) | 0
  const inOrder = batches.isDurable ? byOrder : bySequence
  return {
    open: [...open.values()].sort(bySequence),
    sealed: sealed.sort((a, b) => inOrder(a, b) || comparePartIds(slabs.part(a), slabs.part(b))),
    inFlight: inFlight.length,
    dead: superseded.size === 0 ? dead : dead.filter(isCurrent),
    held: held.sort(bySequence),
    settled,
    left,
    parked: parked.sort(byOrder),
    inconsistent,
    quarantined,
  }
}

/** What a dead thread was doing to batches that are in several slabs. */
interface Unfinished {
  /** All slabs that are neither pending nor dead letters any more. */
  readonly superseded: ReadonlySet<SlabId>
  /** Batches of which the durable queue was told some parts: these count, and the batch has settled. */
  readonly whole: readonly SlabId[]
  /** Slabs whose batches are in others, while the durable queue may write them. */
  readonly moved: readonly SlabId[]
}

/** Ends splits and moves of batches one way or the other. @param unused gets the slabs that can be freed. `dead` is sorted */
function endUnfinished(batches: Batches, pending: readonly SlabId[], dead: SlabId[], unused: SlabId[]): Unfinished {
  const { slabs, custody, isDurable } = batches
  const byTime = (a: SlabId, b: SlabId) => slabs.time(a, SlabWord.LastAttemptAt) - slabs.time(b, SlabWord.LastAttemptAt)
  const newestLetter = dead.sort(byTime).at(-1)
  const superseded = new Set<SlabId>()
  const settled: SlabId[] = []
  for (const { whole, parts } of unfinishedSplits(slabs, [...pending, ...dead])) {
    const goes = parts.some((part) => isInStore(batches, part)) ? [whole] : parts
    for (const slab of goes) superseded.add(slab)
    if (goes === parts) unused.push(...parts)
    else {
      slabs.setState(whole, SlabState.Settled)
      settled.push(whole)
    }
  }
  const moved = movedFrom(slabs, pending, newestLetter)
  if (moved === undefined || newestLetter === undefined || superseded.has(moved))
    return { superseded, whole: settled, moved: [] }
  superseded.add(moved)
  if (!isDurable) {
    unused.push(moved)
    return { superseded, whole: settled, moved: [] }
  }
  // What the queue has of the job, or will have, is the dead letter's from now on.
  if (isInStore(batches, moved)) custody.know(newestLetter)
  slabs.setState(moved, SlabState.Left)
  return { superseded, whole: settled, moved: [moved] }
}

/** Notes an open slab by its delivery id. @returns the smaller of two with the same */
function keepLarger(open: Map<string, SlabId>, slabs: Slabs, slab: SlabId): SlabId | null {
  const { memory } = slabs
  const id = slabs.deliveryId(slab)
  const twin = open.get(id)
  const isLarger = twin === undefined || memory.slabBytes(slab) > memory.slabBytes(twin)
  if (isLarger) open.set(id, slab)
  if (twin === undefined) return null
  return isLarger ? twin : slab
}

/** @returns what a slab says that cannot be, for people; null: nothing */
function inconsistencyOf({ slabs, allocator, overheadBytes, suffixBytes }: Batches, slab: SlabId): string | null {
  const state = slabs.state(slab)
  if (state === SlabState.Claimed || state === SlabState.Quarantined) return null
  if (!KNOWN_STATES.has(state)) return `it has the unknown state ${state}`
  const length = slabs.length(slab)
  const capacity = allocator.memory.slabBytes(slab) - (slabs.bodyAt(slab) - slab)
  if (length < 0 || length > capacity) return `it has ${length} bytes of which ${capacity} fit`
  if (state === SlabState.Held) return null
  if (length < overheadBytes - suffixBytes) return `its body ends after ${length} bytes`
  if (state === SlabState.Open) return null
  if (length + suffixBytes > capacity) return `its body has no room for its end`
  const events = slabs.events(slab)
  return events < 0 ? `it has ${events} events` : null
}

const KNOWN_STATES: ReadonlySet<number> = new Set(Object.values(SlabState))

/** The slab that the newest dead letter was about to leave: no older one can be between two slabs. */
function movedFrom(slabs: Slabs, pending: readonly SlabId[], newest: SlabId | undefined): SlabId | undefined {
  return newest === undefined ? undefined : pending.find((slab) => slabs.haveOneId(slab, newest))
}

/** A batch and the parts that it was being split into. */
interface Split {
  readonly whole: SlabId
  readonly parts: SlabId[]
}

function unfinishedSplits(slabs: Slabs, found: readonly SlabId[]): readonly Split[] {
  const parts = found.filter((slab) => slabs.isPart(slab))
  if (parts.length === 0) return []
  const byId = new Map(found.map((slab) => [slabs.deliveryId(slab), slab]))
  const splits = new Map<SlabId, Split>()
  for (const part of parts) {
    const whole = byId.get(idOfWhole(slabs, part))
    if (whole === undefined) continue
    const split = splits.get(whole)
    if (split === undefined) splits.set(whole, { whole, parts: [part] })
    else split.parts.push(part)
  }
  return [...splits.values()]
}

/** Whether the durable queue has the batch, or may have it, or was told of it. */
function isInStore({ custody, isDurable }: Batches, slab: SlabId): boolean {
  if (!isDurable) return false
  const word = custody.load(slab)
  return custodyOf(word) !== Custody.None || isKnown(word)
}

function idOfWhole(slabs: Slabs, slab: SlabId): string {
  const whole = wholeOf(slabs.part(slab))
  const id = deliveryIdText(slabs.memory.bytes, slab + SlabWord.DeliveryId * 4)
  return whole === null ? '' : id + partSuffix(whole)
}
