/**
 * The layout of records. All numbers are little-endian. A record is a head and, of jobs and letters, a body behind it; it begins at a
 * multiple of the segment's alignment. The magic holds a 0x00 byte, which no JSON text does.
 */
export const MAGIC = Buffer.from('S\0J1', 'latin1').readUInt32LE()

export const Kind = { Job: 1, Letter: 2, Dead: 3, State: 4, Done: 5, Mark: 6 } as const
export type Kind = (typeof Kind)[keyof typeof Kind]

/** The first record of a group: what lies before it was synced before it was written. */
export const FIRST_OF_GROUP = 1

/** The head's start, the same for all kinds. */
export const At = {
  magic: 0,
  /** The first half of the segment's salt. */
  salt: 4,
  /** Of the head from here on, begun with the whole salt. */
  crc: 8,
  headBytes: 12,
  kind: 14,
  flags: 15,
  bodyBytes: 16,
  /** Which sync brought it onto the medium. */
  group: 20,
  id: 24,
  end: 48,
} as const

/** Jobs and letters go on with this; then come the names of the app and the endpoint, and in a letter its death. */
export const JobAt = {
  seq: 48,
  life: 56,
  attempts: 60,
  status: 64,
  events: 68,
  spentMs: 72,
  nextAt: 80,
  firstEventAt: 88,
  sealedAt: 96,
  bodyCrc: 104,
  appBytes: 108,
  endpointBytes: 110,
  names: 112,
} as const

/** From where a death begins; then come the cause and the error. */
export const DeathAt = {
  position: 0,
  diedAt: 8,
  life: 16,
  attempts: 20,
  status: 24,
  causeBytes: 28,
  errorBytes: 30,
  texts: 32,
} as const

export const StateAt = { spentMs: 48, nextAt: 56, attempts: 64, status: 68, end: 72 } as const

/** Then come the segments that are part of the journal. */
export const MarkAt = { oldest: 48, count: 56, items: 64 } as const
export const MarkItemAt = { order: 0, end: 8, salt: 16, skipped: 24, isClosed: 28, bytes: 32 } as const

/** No head is longer, as its length has 16 bits. */
export const LONGEST_HEAD = 65_535
