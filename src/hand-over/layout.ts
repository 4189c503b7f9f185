/**
 * Where everything lies in the memory through which one shard hands stored jobs over to the storage thread: a header and a ring of
 * entries of one size. The shard writes entries, the storage thread reads them; an entry leaves the ring when what it says is stored.
 */

const LINE = 16

/** Words of the header, as indexes of an `Int32Array`. Words with different writers lie on different cache lines (64 bytes). */
export const HandOverWord = {
  /** Entries written, free-running modulo 2³². Written by the shard alone. */
  Tail: 0,
  /** One more than the seal number of the last batch, as a double. Written by the shard alone. */
  Seals: 2,
  /** Added to a seal number it makes a job's `seq`, as a double; 0: not known yet. Written by the first storage thread alone. */
  FirstSeq: LINE + 4,
  /** Generations of slabs that were handed out. Written by the shard alone. */
  Generations: 4,
  /**
   * Attempts begin until this time, as a double: monotonic, in ms; then the same by the wall clock, as Unix ms. Read with a queue alone that
   * batches are handed over to. Written by the storage thread alone.
   */
  MayAttemptUntil: LINE + 6,
  MayAttemptUntilUnix: LINE + 8,
  /** Entries whose contents are stored, free-running modulo 2³². Written by the storage thread alone. */
  Head: LINE,
  /** Rises with each commit and each change of `Health`. Written by the storage thread alone. */
  Commits: LINE + 1,
  /** See `StoreHealth`. Written by the storage thread alone. */
  Health: LINE + 2,
  /** 1: the storage thread rests, and whoever writes must ring. Set by the storage thread, cleared by whoever wakes it. */
  Resting: 2 * LINE,
  /** 1: somebody waits for what is handed over to be stored. Set by the shard, cleared by the storage thread. */
  Urgent: 2 * LINE + 1,
  /** 1: the shard rests, and wants to hear of the next commit. Set by the shard, cleared by the storage thread. */
  Awaited: 3 * LINE,
} as const

export const HEADER_BYTES = 256

/** How the store does, as the shards need to know it. */
export const StoreHealth = { Ok: 0, Full: 1, Down: 2 } as const
export type StoreHealth = (typeof StoreHealth)[keyof typeof StoreHealth]

export const ENTRY_BYTES = 64
export const ENTRY_WORDS = ENTRY_BYTES / 4

/** What an entry says. */
export const EntryKind = {
  /** The slab holds a sealed batch that is wanted in the store. */
  Store: 1,
  /** The job is delivered, dropped or split. */
  Done: 2,
  /** The slab holds a dead letter. */
  Dead: 3,
  /** An attempt failed. */
  State: 4,
  /** The shard no longer holds the job: it is parked in the store. */
  Release: 5,
} as const

export type EntryKind = (typeof EntryKind)[keyof typeof EntryKind]

/** Words of an entry. */
export const EntryWord = {
  Kind: 0,
  /** Of `Store` and `Dead`: a slab and its generation. */
  Slab: 1,
  Generation: 2,
  /** Of `State`. */
  Attempts: 3,
  Status: 4,
  /** Of all others: the six words of a job's id. */
  Id: 6,
  /** Of `State`: doubles, in ms. */
  SpentMs: 12,
  NextAt: 14,
} as const

/** Makes the memory of a hand-over with room for at least `entries`. */
export function createHandOver(entries: number): SharedArrayBuffer {
  let capacity = 64
  while (capacity < entries) capacity *= 2
  return new SharedArrayBuffer(HEADER_BYTES + capacity * ENTRY_BYTES)
}

/** Typed views of a hand-over, and the arithmetic of its ring. */
export class HandOverMemory {
  readonly words: Int32Array
  readonly doubles: Float64Array
  readonly bytes: Uint8Array
  /** Entries that fit, a power of two. */
  readonly capacity: number

  constructor(readonly shared: SharedArrayBuffer) {
    this.words = new Int32Array(shared)
    this.doubles = new Float64Array(shared)
    this.bytes = new Uint8Array(shared)
    this.capacity = (shared.byteLength - HEADER_BYTES) / ENTRY_BYTES
  }

  /** The first word of the entry at this position. */
  entryAt(position: number): number {
    return (HEADER_BYTES >>> 2) + (position & (this.capacity - 1)) * ENTRY_WORDS
  }

  /** Entries from one position to a later one: right also when the later one has wrapped around 2³². */
  distance(from: number, to: number): number {
    return (to - from) >>> 0
  }

  /**
   * The `seq` of a job from the lowest 32 bits of its seal number: it is at most 2³² batches older than the newest. Negative numbers
   * are those of former processes. Known once a storage thread has opened the store.
   */
  seqOf(order: number): number {
    const newest = (this.doubles[HandOverWord.Seals >>> 1] ?? 0) - 1
    const first = this.doubles[HandOverWord.FirstSeq >>> 1] ?? 0
    return first + newest - ((newest - order) >>> 0)
  }
}
