import { pageBytesFor } from '../page-bytes.js'

/**
 * Where everything lies in an arena's SharedArrayBuffer.
 *
 *     unit table: a 32-bit word per unit. 0: the unit is free, or lies in a block that begins before it.
 *                 n: a block of size class n - 1 begins here
 *     units, 16 KiB each. A block is one unit, cut into slabs of one size, or as many units as one larger slab needs
 *     the reserve: a log of raw records, see `ring/record-log.ts`
 *
 * A slab is a header and a body. A thread that reads the unit table goes from block to block, so the words inside a block do not
 * count. They are 0 nevertheless: a block is only made of free units, and its own word is the only one that is stored. So one
 * atomic store makes a block, after the state words of its slabs were cleared, and one ends it, when all its slabs are free.
 *
 * Most units belong to whichever size class takes them first. Of the rest each class has a part of its own (`regionsOf`), so that
 * it finds no room only when slabs of its own size fill at least that part, however other sizes are spread over the arena.
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
  /** The lowest byte: index in `SEAL_REASONS`. Above it: how often the batch was replayed, its life. */
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
  /** With a durable queue, who besides the shard has to do with the slab: see `custody.ts`. Never copied. */
  Custody: 30,
  /** With a durable queue, the place of the batch in the order of sealing, the lowest 32 bits of it. */
  Order: 31,
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
 *     free ──▶ claimed ──▶ open ──▶ sealed ◀──▶ in flight
 *                │                    ▲ │           │
 *                ├──▶ held            │ └──▶ dead ◀─┘
 *                ├────────────────────┤       │ ▲
 *                │   (a part)         └───────┘ │
 *                └──────────────────────────────┘
 *                    (a larger slab for the error text)
 *
 * With a durable queue sealed, in flight and dead also go to settled or left, sealed to parked (and back, when the store is not to be
 * had), and these three to free.
 *
 * Every state but `quarantined` ends in `free`. `slab-states.ts` has the same as a table, which tests check.
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
  /** With a durable queue: delivered, dropped or split, but still being stored, or the store is not told yet. */
  Settled: 8,
  /** With a durable queue: its batch has moved to another slab while it was being stored. */
  Left: 9,
  /** With a durable queue: its batch is to be in the store alone, until its endpoint takes it again. */
  Parked: 10,
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
 * event. That 320 is no power of two leaves a rest in each unit, but lets the headers fall into all sets of a cache.
 */
const SMALL_SLABS = [320, 512, 1024, 4096, 16_384, 65_536, 262_144]

/** The sizes of slabs in an arena with pages of `pageBytes`, smallest first; the last is a whole page. */
export function slabSizes(pageBytes: number): readonly number[] {
  return [...SMALL_SLABS.filter((size) => size < pageBytes), pageBytes]
}

/** Slabs of up to this size share a unit, in bytes. Larger ones take several units. */
const MOST_UNIT_BYTES = 16_384

export function unitBytesFor(pageBytes: number): number {
  return Math.min(pageBytes, MOST_UNIT_BYTES)
}

/** What both threads must agree on to read an arena. */
export interface ArenaShape {
  /** Size of the largest slab. */
  readonly pageBytes: number
  /** The units are as many as so many pages hold. */
  readonly pages: number
  /** Size of the reserve, a power of two, or 0 for none. */
  readonly reserveBytes: number
}

/** The most of an arena that its reserve takes, as a divisor. */
const RESERVE_DIVISOR = 4

/** Size of the reserve: that of the ring, or the largest power of two within a quarter of the arena. */
function reserveBytesFor(arenaBytes: number, ringBytes: number): number {
  let bytes = ringBytes
  while (bytes > arenaBytes / RESERVE_DIVISOR) bytes = bytes >>> 1
  return bytes
}

/**
 * The shape of an arena of `arenaBytes`: a reserve and as many pages as the rest holds.
 * @param ringBytes the size of the shard's ring, a power of two, or 0 for an arena without a reserve
 */
export function arenaShape(arenaBytes: number, maxBodyBytes: number, ringBytes = 0): ArenaShape {
  const pageBytes = pageBytesFor(maxBodyBytes)
  const reserveBytes = reserveBytesFor(arenaBytes, ringBytes)
  return { pageBytes, pages: Math.floor((arenaBytes - reserveBytes) / pageBytes), reserveBytes }
}

/** A part of the arena, in units. */
export interface Region {
  readonly from: number
  readonly to: number
}

/** A size class has this part of the arena for itself, as a divisor, and at least one block. */
const OWN_DIVISOR = 64
/** The most of the arena that all these parts take, as a divisor. What finds no place in it has no part: a tiny arena. */
const ALL_OWN_DIVISOR = 2

/**
 * How the units are shared: the units that every class may use come first, then the part of each class, the smallest first.
 * Parts of larger slabs lie behind, so that every block lies at a multiple of its own size.
 */
export function regionsOf({ pageBytes, pages }: ArenaShape): {
  readonly common: Region
  readonly own: readonly Region[]
} {
  const unitBytes = unitBytesFor(pageBytes)
  const units = (pages * pageBytes) / unitBytes
  const own: Region[] = []
  let to = units
  for (const size of slabSizes(pageBytes).toReversed()) {
    const block = Math.max(size / unitBytes, 1)
    const wanted = Math.max(Math.floor(units / OWN_DIVISOR / block), 1) * block
    const isRoom = units - to + wanted <= units / ALL_OWN_DIVISOR
    const from = isRoom ? to - wanted : to
    own.push({ from, to })
    to = from
  }
  return { common: { from: 0, to }, own: own.toReversed() }
}

/** The most slabs that an arena can have: all of the smallest size. */
export function mostSlabs({ pageBytes, pages }: ArenaShape): number {
  return Math.floor((pages * pageBytes) / (SMALL_SLABS[0] ?? pageBytes))
}

/** Bytes of the unit table, rounded to a cache line. */
export function unitTableBytes({ pageBytes, pages }: ArenaShape): number {
  return (((pages * pageBytes) / unitBytesFor(pageBytes)) * 4 + 63) & ~63
}

/** Where the reserve begins, in bytes. */
export function reserveAt(shape: ArenaShape): number {
  return unitTableBytes(shape) + shape.pages * shape.pageBytes
}

/** Bytes before the records of the reserve, for its positions. */
export const RESERVE_HEADER_BYTES = 128

/** Makes the shared memory of an arena. */
export function createArena(shape: ArenaShape): SharedArrayBuffer {
  return new SharedArrayBuffer(reserveAt(shape) + RESERVE_HEADER_BYTES + shape.reserveBytes)
}
