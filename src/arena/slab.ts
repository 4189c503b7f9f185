import type { AppIndex, EndpointNumber } from '../indexes.js'
import type { ArenaMemory, SlabId } from './arena-memory.js'
import { deliveryIdText } from './delivery-ids.js'
import {
  DELIVERY_ID_WORDS,
  PROGRESS_WORDS,
  ProgressWord,
  SEAL_REASONS,
  type SealReason,
  SLAB_HEADER_BYTES,
  type SlabState,
  SlabWord,
} from './layout.js'
import { type PartId, partSuffix } from './part-id.js'
import { enterState } from './slab-states.js'

const LIFE_SHIFT = 8
const SEAL_REASON_MASK = 0xff

/**
 * Names for a slab's header words. Writes of several words become visible to a recovering thread through one atomic store
 * at their end: `setState`, or the selector word in `commit`. Before that store the old contents still count.
 */
export class Slabs {
  constructor(readonly memory: ArenaMemory) {}

  state(slab: SlabId): SlabState {
    return Atomics.load(this.memory.words, (slab >>> 2) + SlabWord.State) as SlabState
  }

  setState(slab: SlabId, state: SlabState): void {
    enterState(this.memory.words, slab, state)
  }

  word(slab: SlabId, word: number): number {
    return this.memory.words[(slab >>> 2) + word] ?? 0
  }

  setWord(slab: SlabId, word: number, value: number): void {
    this.memory.words[(slab >>> 2) + word] = value
  }

  app(slab: SlabId): AppIndex {
    return this.word(slab, SlabWord.App)
  }

  endpoint(slab: SlabId): EndpointNumber {
    return this.word(slab, SlabWord.Endpoint)
  }

  time(slab: SlabId, word: number): number {
    return this.memory.doubles[(slab >>> 3) + (word >>> 1)] ?? 0
  }

  setTime(slab: SlabId, word: number, timeMs: number): void {
    this.memory.doubles[(slab >>> 3) + (word >>> 1)] = timeMs
  }

  /** Byte offset of the body in the arena. */
  bodyAt(slab: SlabId): number {
    return slab + SLAB_HEADER_BYTES
  }

  length(slab: SlabId): number {
    return this.word(slab, this.#progressAt(slab) + ProgressWord.Length)
  }

  events(slab: SlabId): number {
    return this.word(slab, this.#progressAt(slab) + ProgressWord.Events)
  }

  lastSequence(slab: SlabId): number {
    return this.word(slab, this.#progressAt(slab) + ProgressWord.LastSequence)
  }

  lastHeldSequence(slab: SlabId): number {
    return this.word(slab, this.#progressAt(slab) + ProgressWord.LastHeldSequence)
  }

  /** Makes an append count: the body up to `length`. All four words change with one atomic store. */
  commit(slab: SlabId, length: number, events: number, lastSequence: number, lastHeldSequence: number): void {
    this.commitTo(this.spareProgress(slab), slab, length, events, lastSequence, lastHeldSequence)
  }

  /**
   * The progress record that does not count, 0 or 1. Who asks before writing the body need not wait for the header after it:
   * without a branch, because half of them would be mispredicted and wait at once.
   */
  spareProgress(slab: SlabId): number {
    return (this.word(slab, SlabWord.Progress) & 1) ^ 1
  }

  /** As `commit`, with the answer of `spareProgress`. */
  commitTo(
    spare: number,
    slab: SlabId,
    length: number,
    events: number,
    lastSequence: number,
    lastHeldSequence: number,
  ): void {
    const { words } = this.memory
    const header = slab >>> 2
    const at = header + SlabWord.ProgressRecords + spare * PROGRESS_WORDS
    words[at + ProgressWord.Length] = length
    words[at + ProgressWord.Events] = events
    words[at + ProgressWord.LastSequence] = lastSequence
    words[at + ProgressWord.LastHeldSequence] = lastHeldSequence
    Atomics.store(words, header + SlabWord.Progress, spare)
  }

  sealedBy(slab: SlabId): SealReason {
    return SEAL_REASONS[this.word(slab, SlabWord.SealedBy) & SEAL_REASON_MASK] ?? 'none'
  }

  /** How often the batch was replayed. */
  life(slab: SlabId): number {
    return this.word(slab, SlabWord.SealedBy) >>> LIFE_SHIFT
  }

  setSealedBy(slab: SlabId, reason: SealReason, life: number): void {
    this.setWord(slab, SlabWord.SealedBy, SEAL_REASONS.indexOf(reason) | (life << LIFE_SHIFT))
  }

  /** The delivery id: `xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx`, and the part behind it where the batch was split. */
  deliveryId(slab: SlabId): string {
    const id = deliveryIdText(this.memory.bytes, slab + SlabWord.DeliveryId * 4)
    return this.isPart(slab) ? id + partSuffix(this.part(slab)) : id
  }

  /** Whether it holds a part of a batch that was split. */
  isPart(slab: SlabId): boolean {
    return (this.word(slab, SlabWord.Halves) | this.word(slab, SlabWord.Single)) !== 0
  }

  part(slab: SlabId): PartId {
    return { halves: this.word(slab, SlabWord.Halves), single: this.word(slab, SlabWord.Single) }
  }

  setPart(slab: SlabId, { halves, single }: PartId): void {
    this.setWord(slab, SlabWord.Halves, halves)
    this.setWord(slab, SlabWord.Single, single)
  }

  /** Whether both slabs have one delivery id. */
  haveOneId(a: SlabId, b: SlabId): boolean {
    for (let word: number = SlabWord.DeliveryId; word < SlabWord.DeliveryId + DELIVERY_ID_WORDS; word++) {
      if (this.word(a, word) !== this.word(b, word)) return false
    }
    return true
  }

  #progressAt(slab: SlabId): number {
    return SlabWord.ProgressRecords + (this.word(slab, SlabWord.Progress) & 1) * PROGRESS_WORDS
  }
}
