/**
 * Where everything lies in an arena's SharedArrayBuffer.
 *
 *     page table: one 32-bit word a page — 0: free; n: cut into slabs of size class n - 1
 *     pages, `pageBytes` each, cut into slabs of one size; a slab is a header and a body
 *
 * Only the shard's thread writes. The memory outlives that thread, and whoever takes over reads it with the same names.
 */

export const SLAB_HEADER_BYTES = 128

/** Words of a slab's header. */
export const SlabWord = {
  State: 0,
  App: 1,
  Endpoint: 2,
  Attempts: 3,
  /** Index in `SEAL_REASONS`. */
  SealedBy: 4,
  /** The receiver's last status; 0: none. */
  LastStatus: 5,
  /** Bytes of error text behind the body. */
  ErrorBytes: 6,
  /** The lowest bit tells which of the two progress records counts. Storing it commits an append. */
  Progress: 7,
  /** The first progress record; the second one is behind it. */
  ProgressRecords: 8,
  /** Doubles, monotonic time in ms (`monotonicNow`); 0: not yet. */
  FirstEventAt: 16,
  SealedAt: 18,
  FirstAttemptAt: 20,
  LastAttemptAt: 22,
  /** The first word of the delivery id, a version 4 UUID (RFC 9562), … */
  DeliveryId: 24,
  /** … and which part of that delivery it is: see `part-id.ts`. */
  Halves: 28,
  Single: 29,
} as const

export const PROGRESS_WORDS = 4

/** A delivery id and its part. */
export const DELIVERY_ID_WORDS = 6

/** Words of a progress record. */
export const ProgressWord = {
  /** Bytes of the body that count. */
  Length: 0,
  Events: 1,
  /** Sequence of the last event that came straight from the ring. */
  LastSequence: 2,
  /** Sequence of the last event that was held back first (flaps). */
  LastHeldSequence: 3,
} as const

/**
 * A slab's states. Every transition is one atomic store, made when all that the new state promises is written.
 *
 *     free ──▶ claimed ──▶ open ──▶ sealed ◀──▶ in flight ──▶ free
 *                │  │        │        │ ▲           │
 *                │  ▼        ▼        ▼ └── dead ◀──┘
 *                │ held     free     free   ▲  └──▶ free
 *                └──────────────────────────┘
 */
export const SlabState = {
  /** Not in use. */
  Free: 0,
  /** Being prepared: its header cannot be relied on. Recovery frees it. */
  Claimed: 1,
  /** A batch that takes events. */
  Open: 2,
  /** A complete body, waiting for an attempt or for the next one. */
  Sealed: 3,
  /** An attempt is being made: after a crash nobody knows how it ended, so it is made again under the same id. */
  InFlight: 4,
  /** A dead letter, in the slab of its batch or in a larger one that was claimed for it. */
  Dead: 5,
  /** Raw records of events that are held back (see `actor/flaps.ts`). */
  Held: 6,
  /** Recovery found it inconsistent: it is kept for the report of what is undelivered, and never used again. */
  Quarantined: 7,
} as const

export type SlabState = (typeof SlabState)[keyof typeof SlabState]

/** What became of a held event: the lowest byte of the `Kind` word of its record's copy. */
export const HeldKind = {
  /** Still held. The same number as the kind of an event's record in the ring, of which it is a copy. */
  Waiting: 1,
  /** It was given to the endpoints when its window was over. */
  Told: 0x10,
  /** It and its return are told to nobody. */
  Cancelled: 0x20,
} as const

export type HeldKind = (typeof HeldKind)[keyof typeof HeldKind]

export const SEAL_REASONS = ['none', 'events', 'bytes', 'duration', 'flush'] as const
export type SealReason = (typeof SEAL_REASONS)[number]

/**
 * Sizes of slabs below a whole page, header included, in bytes: multiples of a cache line. The two smallest are for batches of one
 * event. That 320 is no power of two leaves a rest in each page, but lets the headers fall into all sets of a cache.
 */
const SMALL_SLABS = [320, 512, 1024, 4096, 16_384, 65_536, 262_144]

/** Room in the largest slab for the longest body, the header and an error text. */
const PAGE_ALLOWANCE_BYTES = 1024

export const MIN_PAGE_BYTES = 65_536

/** Size of a page for bodies of at most `maxBodyBytes`: the next power of two that holds one. */
export function pageBytesFor(maxBodyBytes: number): number {
  let page = MIN_PAGE_BYTES
  while (page < maxBodyBytes + PAGE_ALLOWANCE_BYTES) page *= 2
  return page
}

/** The sizes of slabs in pages of `pageBytes`, smallest first; the last is a whole page. */
export function slabSizes(pageBytes: number): readonly number[] {
  return [...SMALL_SLABS.filter((size) => size < pageBytes), pageBytes]
}

/** What both threads must agree on to read an arena. */
export interface ArenaShape {
  readonly pageBytes: number
  readonly pages: number
}

/** As many pages as `arenaBytes` holds. */
export function arenaShape(arenaBytes: number, maxBodyBytes: number): ArenaShape {
  const pageBytes = pageBytesFor(maxBodyBytes)
  return { pageBytes, pages: Math.floor(arenaBytes / pageBytes) }
}

/** Bytes of the page table, rounded to a cache line. */
export function pageTableBytes(pages: number): number {
  return (pages * 4 + 63) & ~63
}

/** Makes the shared memory of an arena. */
export function createArena(shape: ArenaShape): SharedArrayBuffer {
  return new SharedArrayBuffer(pageTableBytes(shape.pages) + shape.pages * shape.pageBytes)
}
