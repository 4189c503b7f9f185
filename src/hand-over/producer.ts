import type { ArenaMemory, SlabId } from '../arena/arena-memory.js'
import { LAST_GENERATION } from '../arena/custody.js'
import { DELIVERY_ID_WORDS, SlabWord } from '../arena/layout.js'
import { EntryKind, EntryWord, HandOverMemory, HandOverWord, type StoreHealth } from './layout.js'

/** The shard's end of a hand-over: the one thread that writes entries. */
export class HandOverProducer {
  readonly #memory: HandOverMemory
  readonly #arena: ArenaMemory
  readonly #ring: () => void
  #tail: number

  /** @param ring wakes the storage thread */
  constructor(shared: SharedArrayBuffer, arena: ArenaMemory, ring: () => void) {
    this.#memory = new HandOverMemory(shared)
    this.#arena = arena
    this.#ring = ring
    this.#tail = Atomics.load(this.#memory.words, HandOverWord.Tail)
  }

  /** Entries that the storage thread has not stored yet. */
  get backlog(): number {
    return this.#memory.distance(Atomics.load(this.#memory.words, HandOverWord.Head), this.#tail)
  }

  /** Changes with each commit, and when the store's health does. */
  get commits(): number {
    return Atomics.load(this.#memory.words, HandOverWord.Commits)
  }

  get health(): StoreHealth {
    return Atomics.load(this.#memory.words, HandOverWord.Health) as StoreHealth
  }

  /** Added to a seal number it makes a job's `seq`. Known once the store is open. */
  get firstSeq(): number {
    return this.#memory.doubles[HandOverWord.FirstSeq >>> 1] ?? 0
  }

  /** The `seq` of a job whose slab keeps the lowest 32 bits of its seal number. */
  seqOf(order: number): number {
    return this.#memory.seqOf(order)
  }

  /** Seal numbers that were given out. */
  get seals(): number {
    return this.#memory.doubles[HandOverWord.Seals >>> 1] ?? 0
  }

  /** A seal number higher than all that were given out before, also by a former thread. */
  nextSeal(): number {
    const { doubles } = this.#memory
    const seal = doubles[HandOverWord.Seals >>> 1] ?? 0
    doubles[HandOverWord.Seals >>> 1] = seal + 1
    return seal
  }

  /** Gives out no seal number below this any more. */
  sealFrom(seal: number): void {
    const { doubles } = this.#memory
    doubles[HandOverWord.Seals >>> 1] = Math.max(doubles[HandOverWord.Seals >>> 1] ?? 0, seal)
  }

  /** A generation that no slab has had, also under a former thread, until they wrap around. */
  nextGeneration(): number {
    const { words } = this.#memory
    const generation = ((words[HandOverWord.Generations] ?? 0) + 1) & LAST_GENERATION
    words[HandOverWord.Generations] = generation
    return generation
  }

  /** @returns false when the ring is full: nothing was written */
  store(slab: SlabId, generation: number): boolean {
    return this.#slabEntry(EntryKind.Store, slab, generation)
  }

  /** @returns as `store` */
  dead(slab: SlabId, generation: number): boolean {
    return this.#slabEntry(EntryKind.Dead, slab, generation)
  }

  /** The job in this slab is done. @returns as `store` */
  done(slab: SlabId): boolean {
    return this.#idEntry(EntryKind.Done, slab)
  }

  /** The job in this slab is parked in the store from now on. @returns as `store` */
  release(slab: SlabId): boolean {
    return this.#idEntry(EntryKind.Release, slab)
  }

  /** An attempt of the job in this slab failed. @returns as `store` */
  state(slab: SlabId, attempts: number, status: number, spentMs: number, nextAt: number): boolean {
    if (this.#isFull) return false
    const { words, doubles } = this.#memory
    const at = this.#memory.entryAt(this.#tail)
    words[at + EntryWord.Attempts] = attempts
    words[at + EntryWord.Status] = status
    doubles[(at + EntryWord.SpentMs) >>> 1] = spentMs
    doubles[(at + EntryWord.NextAt) >>> 1] = nextAt
    this.#writeId(at, slab)
    this.#publish(at, EntryKind.State)
    return true
  }

  /**
   * Whether an attempt may begin: this process has the endpoints, and will have them for some time. Both clocks are asked, because the
   * monotonic one may stand still while the machine sleeps.
   */
  mayAttempt(nowMs: number, unixMs: number): boolean {
    const { doubles } = this.#memory
    return (
      nowMs < (doubles[HandOverWord.MayAttemptUntil >>> 1] ?? 0) &&
      unixMs < (doubles[HandOverWord.MayAttemptUntilUnix >>> 1] ?? 0)
    )
  }

  /** Has what is handed over stored at once, without waiting for more. */
  hurry(): void {
    Atomics.store(this.#memory.words, HandOverWord.Urgent, 1)
    this.#wake()
  }

  /** Asks for a message at the next commit. */
  await(): void {
    Atomics.store(this.#memory.words, HandOverWord.Awaited, 1)
  }

  get #isFull(): boolean {
    return this.backlog >= this.#memory.capacity
  }

  #slabEntry(kind: EntryKind, slab: SlabId, generation: number): boolean {
    if (this.#isFull) return false
    const { words } = this.#memory
    const at = this.#memory.entryAt(this.#tail)
    words[at + EntryWord.Slab] = slab
    words[at + EntryWord.Generation] = generation
    this.#publish(at, kind)
    return true
  }

  #idEntry(kind: EntryKind, slab: SlabId): boolean {
    if (this.#isFull) return false
    const at = this.#memory.entryAt(this.#tail)
    this.#writeId(at, slab)
    this.#publish(at, kind)
    return true
  }

  #writeId(at: number, slab: SlabId): void {
    const { words } = this.#memory
    const from = (slab >>> 2) + SlabWord.DeliveryId
    for (let word = 0; word < DELIVERY_ID_WORDS; word++)
      words[at + EntryWord.Id + word] = this.#arena.words[from + word] ?? 0
  }

  /** The store of the tail publishes the entry: the storage thread reads no entry behind it. */
  #publish(at: number, kind: EntryKind): void {
    const { words } = this.#memory
    words[at + EntryWord.Kind] = kind
    this.#tail = (this.#tail + 1) | 0
    Atomics.store(words, HandOverWord.Tail, this.#tail)
    this.#wake()
  }

  /** Sequentially consistent, as the storage thread's: it rests only after it has set the flag and found no entry behind that. */
  #wake(): void {
    const { words } = this.#memory
    if (Atomics.load(words, HandOverWord.Resting) === 0) return
    if (Atomics.exchange(words, HandOverWord.Resting, 0) === 1) this.#ring()
  }
}
