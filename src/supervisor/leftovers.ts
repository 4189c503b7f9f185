import { ArenaMemory, type SlabId } from '../arena/arena-memory.js'
import { type ArenaShape, HeldKind, RESERVE_HEADER_BYTES, reserveAt, SlabState } from '../arena/layout.js'
import { Slabs } from '../arena/slab.js'
import type { AppIndex, EndpointNumber } from '../indexes.js'
import { EventView } from '../ring/event-view.js'
import { Control } from '../ring/layout.js'
import { EVENT_HEADER_BYTES, RecordKind, Word } from '../ring/record.js'
import { LogKind, RecordLog } from '../ring/record-log.js'
import { RingMemory } from '../ring/ring-memory.js'

/** Of the arena that is read at once. */
const UNITS_A_PIECE = 16

/** Events that were accepted and are neither delivered nor dead letters; the numbers are counts of events. */
export interface Leftovers {
  /** By endpoint number. */
  readonly batched: ReadonlyMap<EndpointNumber, number>
  /** By app index: still in the ring, set aside until there is room, or held back for a return. */
  readonly unread: ReadonlyMap<AppIndex, number>
}

/**
 * Reads what a shard has in its ring and its arena, in pieces, and changes nothing. The main thread may do so while the shard runs: it
 * writes the ring itself, and reads it in one piece, so no record is overwritten meanwhile. The figures are those of the time that it
 * takes, give or take what settles in it.
 */
export function* leftovers(
  ring: SharedArrayBuffer,
  arena: SharedArrayBuffer,
  shape: ArenaShape,
): Generator<void, Leftovers, void> {
  const counts = { batched: new Map<EndpointNumber, number>(), unread: new Map<AppIndex, number>() }
  const memory = new ArenaMemory(arena, shape)
  const slabs = new Slabs(memory)
  const count = (slab: SlabId): void => {
    const state = slabs.state(slab)
    if (state === SlabState.Held) {
      add(counts.unread, slabs.app(slab), waitingEvents(slabs, slab))
    } else if (
      state === SlabState.Open ||
      state === SlabState.Sealed ||
      state === SlabState.InFlight ||
      state === SlabState.Quarantined
    ) {
      add(counts.batched, slabs.endpoint(slab), slabs.events(slab))
    }
  }
  yield* inPieces(memory, count)
  for (const app of appsSetAside(arena, shape)) add(counts.unread, app, 1)
  countUnread(ring, counts.unread)
  return counts
}

/** The apps, by index, that a dead thread has left something of in its arena; read in pieces. */
export function* leftoverApps(
  arena: SharedArrayBuffer,
  shape: ArenaShape,
): Generator<void, ReadonlySet<AppIndex>, void> {
  const memory = new ArenaMemory(arena, shape)
  const slabs = new Slabs(memory)
  const apps = new Set<AppIndex>()
  yield* inPieces(memory, (slab) => apps.add(slabs.app(slab)))
  for (const app of appsSetAside(arena, shape)) apps.add(app)
  return apps
}

/** Visits every slab that is not free, and pauses after each piece of the arena. */
function* inPieces(memory: ArenaMemory, visit: (slab: SlabId) => void): Generator<void> {
  let pauseAt = UNITS_A_PIECE
  for (let unit = 0; unit < memory.units; ) {
    unit = memory.forEachUsedOf(unit, visit)
    if (unit < pauseAt) continue
    pauseAt = unit + UNITS_A_PIECE
    yield
  }
}

/** The app of each event that is set aside. */
function* appsSetAside(arena: SharedArrayBuffer, shape: ArenaShape): Generator<AppIndex> {
  const log = new RecordLog(arena, reserveAt(shape), RESERVE_HEADER_BYTES, shape.reserveBytes)
  for (const offset of log.offsets()) {
    if (log.kindAt(offset) !== LogKind.Done) yield log.words[(offset >>> 2) + Word.Subject] ?? 0
  }
}

function waitingEvents(slabs: Slabs, slab: SlabId): number {
  const { words } = slabs.memory
  const end = slabs.bodyAt(slab) + slabs.length(slab)
  let waiting = 0
  let size = EVENT_HEADER_BYTES
  for (let at = slabs.bodyAt(slab); at < end && size >= EVENT_HEADER_BYTES; at += size) {
    size = words[(at >>> 2) + Word.Size] ?? 0
    if (((words[(at >>> 2) + Word.Kind] ?? 0) & 0xff) === HeldKind.Waiting) waiting += 1
  }
  return waiting
}

function countUnread(ring: SharedArrayBuffer, counts: Map<AppIndex, number>): void {
  const { bytes, words, doubles, control, mask } = new RingMemory(ring)
  const event = new EventView(bytes, words, doubles)
  const tail = Atomics.load(control, Control.Tail)
  for (let position = Atomics.load(control, Control.Head); position !== tail; ) {
    const offset = position & mask
    const word = offset >>> 2
    if (((words[word + Word.Kind] ?? 0) & 0xff) === RecordKind.Event) add(counts, event.read(offset).app, 1)
    position = (position + (words[word + Word.Size] ?? 0)) | 0
  }
}

function add<Key>(counts: Map<Key, number>, key: Key, amount: number): void {
  if (amount > 0) counts.set(key, (counts.get(key) ?? 0) + amount)
}
