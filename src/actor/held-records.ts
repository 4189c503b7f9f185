import type { SlabId } from '../arena/arena-memory.js'
import type { Batches } from '../arena/batches.js'
import { type HeldKind, SLAB_HEADER_BYTES, SlabState, SlabWord } from '../arena/layout.js'
import type { AppIndex } from '../indexes.js'
import { MIN_PAGE_BYTES } from '../page-bytes.js'
import { EventView } from '../ring/event-view.js'
import { ALIGNMENT } from '../ring/layout.js'
import { EVENT_HEADER_BYTES, Word } from '../ring/record.js'

/** Where in the arena the copy of a held event's record begins, in bytes. */
export type HeldAt = number & { readonly held: unique symbol }

/** The share of the arena that all held events together may take, and those of one app. */
const SHARE = 1 / 4
const SHARE_OF_ONE_APP = 1 / 16
/** An app's next slab is as large as those that it has, up to a size that every arena has. */
const LARGEST_SLAB_BYTES = MIN_PAGE_BYTES

const KIND_MASK = 0xff

/**
 * The held events of all apps of a shard: copies of their raw records, one behind the other, in slabs of the arena that
 * belong to one app each. What counts of a slab is what has been committed, so a crash in the middle of a copy leaves
 * nothing; what became of a record is one word of its copy.
 */
export class HeldRecords {
  readonly #event: EventView
  readonly #words: Uint32Array
  #bytes = 0

  readonly #batches: Batches

  constructor(batches: Batches) {
    this.#batches = batches
    const { shared, bytes, doubles } = batches.allocator.memory
    this.#words = new Uint32Array(shared)
    this.#event = new EventView(bytes, this.#words, doubles)
  }

  /** Takes a slab for the app's records from here on. @returns null when there is none, or the app or all have their share */
  open(app: AppIndex, event: EventView, bytesOfApp: number): SlabId | null {
    const { allocator, slabs } = this.#batches
    const least = SLAB_HEADER_BYTES + event.size
    const wanted = Math.max(least, Math.min(bytesOfApp, LARGEST_SLAB_BYTES))
    const slab = this.#take(wanted, bytesOfApp) ?? (wanted > least ? this.#take(least, bytesOfApp) : null)
    if (slab === null) return null
    this.#bytes += allocator.memory.slabBytes(slab)
    slabs.setWord(slab, SlabWord.App, app)
    slabs.commit(slab, 0, 0, (event.sequence - 1) | 0, 0)
    slabs.setState(slab, SlabState.Held)
    return slab
  }

  #take(bytes: number, bytesOfApp: number): SlabId | null {
    const { allocator } = this.#batches
    const { totalBytes, memory } = allocator
    const sizeClass = allocator.classFor(bytes)
    const slabBytes = memory.sizeOf(sizeClass)
    if (bytesOfApp + slabBytes > totalBytes * SHARE_OF_ONE_APP) return null
    if (this.#bytes + slabBytes > totalBytes * SHARE) return null
    return allocator.allocate(sizeClass)
  }

  /** Takes a slab that a former thread left. */
  adopt(slab: SlabId): void {
    this.#bytes += this.slabBytes(slab)
  }

  release(slab: SlabId): void {
    this.#bytes -= this.slabBytes(slab)
    this.#batches.allocator.release(slab)
  }

  slabBytes(slab: SlabId): number {
    return this.#batches.allocator.memory.slabBytes(slab)
  }

  /** Sequence of the last event in the slab. */
  lastSequence(slab: SlabId): number {
    return this.#batches.slabs.lastSequence(slab)
  }

  fits(slab: SlabId, event: EventView): boolean {
    return SLAB_HEADER_BYTES + this.#batches.slabs.length(slab) + event.size <= this.slabBytes(slab)
  }

  /** Copies the event's record behind the others. */
  append(slab: SlabId, event: EventView): HeldAt {
    const { slabs, allocator } = this.#batches
    const length = slabs.length(slab)
    const at = slabs.bodyAt(slab) + length
    const from = event.nameAt - EVENT_HEADER_BYTES
    event.bytes.copy(allocator.memory.bytes, at, from, from + event.size)
    slabs.commit(slab, length + event.size, slabs.events(slab) + 1, event.sequence | 0, 0)
    return at as HeldAt
  }

  /** The event, good until the next call. */
  read(at: HeldAt): EventView {
    return this.#event.read(at)
  }

  kindAt(at: HeldAt): HeldKind {
    return (Atomics.load(this.#words, (at >>> 2) + Word.Kind) & KIND_MASK) as HeldKind
  }

  mark(at: HeldAt, kind: HeldKind): void {
    const word = (at >>> 2) + Word.Kind
    Atomics.store(this.#words, word, (Atomics.load(this.#words, word) & ~KIND_MASK) | kind)
  }

  /** Whether the sizes of the slab's records add up to its length. */
  isWhole(slab: SlabId): boolean {
    const { slabs } = this.#batches
    const end = slabs.bodyAt(slab) + slabs.length(slab)
    let at = slabs.bodyAt(slab)
    while (at < end) {
      const size = this.#words[(at >>> 2) + Word.Size] ?? 0
      if (size < EVENT_HEADER_BYTES || size % ALIGNMENT !== 0) return false
      at += size
    }
    return at === end
  }

  /** The slab's records, in the order in which they came. */
  *in(slab: SlabId): Generator<HeldAt> {
    const { slabs } = this.#batches
    const end = slabs.bodyAt(slab) + slabs.length(slab)
    for (let at = slabs.bodyAt(slab); at < end; at += this.#words[(at >>> 2) + Word.Size] ?? 0) yield at as HeldAt
  }
}
