import { Allocator } from '../../../src/arena/allocator.js'
import { ArenaMemory, type SlabId } from '../../../src/arena/arena-memory.js'
import { Batches } from '../../../src/arena/batches.js'
import { type BodyFormat, ENVELOPE } from '../../../src/arena/body.js'
import { DeliveryIds } from '../../../src/arena/delivery-ids.js'
import { type ArenaShape, createArena, SlabWord, unitTableBytes } from '../../../src/arena/layout.js'
import { unixMs } from '../../../src/time/clocks.js'

/** What the wall clock says in all tests. */
export const TIME_OF_DAY_MS = 1_700_000_000_050

/** Pages of the smallest use: four slabs of 1 KiB or one of 4 KiB. One of the three is for slabs of 4 KiB alone. */
export const TINY: ArenaShape = { pageBytes: 4096, pages: 3, reserveBytes: 0 }

/** An arena without a slab whose pages hold what earlier classes left in them: anything. */
export function dirtyArena(shape = TINY, seed = 1): SharedArrayBuffer {
  const shared = createArena(shape)
  const pages = new Uint8Array(shared, unitTableBytes(shape))
  let state = seed
  for (let index = 0; index < pages.length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    pages[index] = state >>> 24
  }
  return shared
}

export function batchesIn(memory: ArenaMemory, format: BodyFormat = ENVELOPE): Batches {
  return new Batches(new Allocator(memory), format, new DeliveryIds(), () => unixMs(TIME_OF_DAY_MS))
}

export function tinyBatches(format?: BodyFormat): Batches {
  return batchesIn(new ArenaMemory(dirtyArena(), TINY), format)
}

/** Appends an event's JSON as the actor does it: the bytes first, the commit last. */
export function append(batches: Batches, slab: SlabId, json: string, sequence: number): void {
  const { slabs, allocator } = batches
  const { bytes } = allocator.memory
  const at = slabs.bodyAt(slab)
  const events = slabs.events(slab)
  let end = at + slabs.length(slab)
  if (events > 0) end += bytes.write(',', end)
  end += bytes.write(json, end)
  slabs.commit(slab, end - at, events + 1, sequence, slabs.lastHeldSequence(slab))
}

/** A batch with these events, still open. */
export function openBatch(batches: Batches, events: readonly string[], sequence = 1): SlabId {
  const bytes = Buffer.byteLength(events.join())
  const slab = batches.open(3, 5, bytes, sequence, 1_700_000_000_000)
  if (slab === null) throw new Error('the arena has no room for the batch of the test')
  events.forEach((json, index) => {
    append(batches, slab, json, sequence + index)
  })
  return slab
}

/** The events of a complete body. */
export function eventsOf(body: Uint8Array): unknown[] {
  const parsed: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
  if (typeof parsed === 'object' && parsed !== null && 'events' in parsed && Array.isArray(parsed.events)) {
    return parsed.events
  }
  throw new Error('the body has no events')
}

/** Has the slab in a state that its operations would not lead to, as a death or a fault leaves it. */
export function plantState({ allocator }: Batches, slab: SlabId, state: number): void {
  Atomics.store(allocator.memory.words, (slab >>> 2) + SlabWord.State, state)
}
