import type { SlabId } from './arena-memory.js'
import { SlabState, SlabWord } from './layout.js'

/**
 * Who besides the shard has to do with a slab: the lowest two bits of its custody word.
 *
 *     none    → wanted  the shard: the batch is sealed, or has become a dead letter, and is to be stored
 *     wanted  → taken   the storage thread: it is writing it
 *     taken   → stored  the storage thread: written, and synced
 *     taken   → wanted  the storage thread: the write failed, or there was no room
 *     wanted  → none    the shard: it settled before its turn, and is not written
 *     stored  → wanted  the shard: it is a dead letter now, which is to be stored too
 *                       the storage thread: the store has lost it
 *
 * The next bit says that the store knows the job, or may know it, and has to be told when it settles. It is about the job: a slab that
 * takes over another one's job takes it over too. Above it is the slab's generation, a new number for each use of the slab, so that
 * what was said of a former use is recognised as such.
 *
 * Both threads change the word by compare-and-exchange only. While it is `Taken`, the slab is neither freed nor moved, and its body
 * does not change.
 */
export const Custody = { None: 0, Wanted: 1, Taken: 2, Stored: 3 } as const
export type Custody = (typeof Custody)[keyof typeof Custody]

/** The states of slabs whose batch or dead letter belongs in the store. */
export const STATES_TO_STORE: ReadonlySet<SlabState> = new Set([
  SlabState.Sealed,
  SlabState.InFlight,
  SlabState.Dead,
  SlabState.Parked,
])

const CUSTODY_MASK = 3
const KNOWN = 4
const GENERATION_SHIFT = 3

/** Generations wrap around to 0 behind this. */
export const LAST_GENERATION = 2 ** 29 - 1

/** A slab's generation, from its custody word. */
export function generationOf(word: number): number {
  return word >>> GENERATION_SHIFT
}

export function custodyOf(word: number): Custody {
  return (word & CUSTODY_MASK) as Custody
}

/** Whether the store knows the job, or may know it. */
export function isKnown(word: number): boolean {
  return (word & KNOWN) !== 0
}

/** The custody words of an arena. */
export class CustodyWords {
  readonly #words: Int32Array

  constructor(words: Int32Array) {
    this.#words = words
  }

  load(slab: SlabId): number {
    return Atomics.load(this.#words, (slab >>> 2) + SlabWord.Custody)
  }

  of(slab: SlabId): Custody {
    return custodyOf(this.load(slab))
  }

  generation(slab: SlabId): number {
    return generationOf(this.load(slab))
  }

  /** Begins a use of a slab that nobody else can know yet. */
  begin(slab: SlabId, generation: number): void {
    Atomics.store(this.#words, (slab >>> 2) + SlabWord.Custody, generation << GENERATION_SHIFT)
  }

  /** As `begin`, for a job that came from the store. */
  beginStored(slab: SlabId, generation: number): void {
    const word = (generation << GENERATION_SHIFT) | KNOWN | Custody.Stored
    Atomics.store(this.#words, (slab >>> 2) + SlabWord.Custody, word)
  }

  /** @returns whether the slab was in that custody, in that generation, and is in the other one now */
  exchange(slab: SlabId, generation: number, from: Custody, to: Custody): boolean {
    const known = this.load(slab) & KNOWN
    const expected = (generation << GENERATION_SHIFT) | known | from
    const replacement = (generation << GENERATION_SHIFT) | (to === Custody.Stored ? KNOWN : known) | to
    return Atomics.compareExchange(this.#words, (slab >>> 2) + SlabWord.Custody, expected, replacement) === expected
  }

  /** taken → wanted: the write failed, and yet the job may be stored. */
  unsure(slab: SlabId, generation: number): void {
    const word = this.load(slab)
    if (generationOf(word) !== generation || custodyOf(word) !== Custody.Taken) return
    // Nobody else changes the word of a slab that is taken.
    Atomics.store(
      this.#words,
      (slab >>> 2) + SlabWord.Custody,
      (generation << GENERATION_SHIFT) | KNOWN | Custody.Wanted,
    )
  }

  /** Sets the bit of a slab that has taken over a job which the store knows, or will when the other slab is written. */
  know(slab: SlabId): void {
    Atomics.or(this.#words, (slab >>> 2) + SlabWord.Custody, KNOWN)
  }
}
