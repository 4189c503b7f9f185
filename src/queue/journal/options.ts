import type { UnixMs } from '../../time/clocks.js'

/** What a journal may take up and what its promises are. */
export interface JournalOptions {
  /** The most bytes that the journal's files take up. */
  readonly maxBytes: number
  /** The most jobs that are stored, dead letters aside. */
  readonly maxJobs: number
  /** What stored jobs survive: a power cut, or only the death of the process. */
  readonly sync: 'power' | 'process'
  readonly letters: {
    /** The most bytes that dead letters take up, and a quarter of `maxBytes` at the most. */
    readonly maxBytes: number
    readonly maxAgeMs: number
  }
  /** Bytes of one segment, a multiple of 4096; derived from `maxBytes` unless given. */
  readonly segmentBytes?: number
  readonly clock: JournalClock
  /** @returns that many random bytes */
  readonly random: (bytes: number) => Uint8Array
  /** Prepares segments when it is opened, so that the first jobs need not wait for them. Not unless given. */
  readonly isForNewJobs?: boolean
}

export interface JournalClock {
  monotonicNow(): number
  unixNow(): UnixMs
}

const KiB = 1024
const MiB = 1024 * KiB
const GiB = 1024 * MiB

/** Segments are numbered with 13 bits: see `location.ts`. */
export const MOST_SEGMENTS = 8192
/** A journal needs one to write, one that is copied from, four that stay free, and some that hold something. */
export const FEWEST_SEGMENTS = 8

const USUAL_SEGMENT_BYTES = 32 * MiB
const SMALLEST_SEGMENT_BYTES = 64 * KiB
const LARGEST_SEGMENT_BYTES = GiB

/** How large segments are, and how many there may be. A journal above 8 TiB takes 8 TiB. */
export function segmentPlan({ maxBytes, segmentBytes }: Pick<JournalOptions, 'maxBytes' | 'segmentBytes'>) {
  const bytes = segmentBytes ?? derivedSegmentBytes(maxBytes)
  return { bytes, most: Math.min(MOST_SEGMENTS, Math.max(FEWEST_SEGMENTS, Math.floor(maxBytes / bytes))) }
}

/** 32 MiB; less in a small journal, so that there are eight, and more in a large one, so that there are few open files. */
function derivedSegmentBytes(maxBytes: number): number {
  let bytes = USUAL_SEGMENT_BYTES
  while (bytes > SMALLEST_SEGMENT_BYTES && bytes * 8 > maxBytes) bytes /= 2
  while (bytes < LARGEST_SEGMENT_BYTES && bytes * 256 < maxBytes) bytes *= 2
  return bytes
}
