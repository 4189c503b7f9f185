/**
 * Where everything lies in a ring's SharedArrayBuffer. Both threads read these names and nothing else knows an offset.
 *
 * The control block is a page of 32-bit words. Words with different writers lie on different cache lines (64 bytes), so
 * that the two threads do not invalidate each other's line at every record.
 */

const LINE = 16

/** Control words, as indexes of an `Int32Array` over the buffer. */
export const Control = {
  /** Next byte to write, free-running modulo 2³². Written by the producer alone. */
  Tail: 0,
  /** Next byte to read, free-running modulo 2³². Written by the consumer alone. */
  Head: LINE,
  /** See `Doorbell`. Armed by the consumer, disarmed by whoever takes the ring out of rest. */
  Doorbell: 2 * LINE,
  /** 1: the producer was refused room and wants to hear of it again. Set by the producer, cleared by the consumer. */
  WantDrain: 2 * LINE + 1,
  /** 1: the shard's arena is full, which is why the ring backs up. Written by the consumer. */
  ArenaFull: 3 * LINE,
  /** Which host events the shard is to report, a bit each (`Notice`). Written by the producer's thread. */
  Subscriptions: 4 * LINE,
  /** Position of the record at which the consumer's thread last died, and how often it has. Written by the consumer. */
  SuspectPosition: 5 * LINE,
  SuspectCount: 5 * LINE + 1,
  /** The last marker that took effect. Written by the consumer. */
  LastMarker: 5 * LINE + 2,
  /** 1: the consumer's thread is at the record at `Head`. 0: it is not, or the record only waits. Written by the consumer. */
  Processing: 5 * LINE + 4,
  /** A count that the consumer's thread keeps raising for as long as its event loop turns. Written by the consumer. */
  Heartbeat: 6 * LINE,
  /** One more than the sequence of the last event that a held one swallowed (`actor/flaps.ts`); 0: none. Written by the consumer. */
  Suppressed: 5 * LINE + 3,
} as const

/** The consumer's state as far as the producer must know it. */
export const Doorbell = {
  /** The consumer will look at the ring by itself. */
  Disarmed: 0,
  /** The consumer is at rest: whoever writes must ring. */
  Armed: 1,
} as const

/** Bytes before the data. */
export const CONTROL_BYTES = 512

/** Records start and end on this boundary, so that a time stamp can be read as a double. */
export const ALIGNMENT = 8

/** Bytes of a ring that events may not take: control markers must find room when the ring is full of events. */
export const MARKER_RESERVE_BYTES = 4096

export const MIN_RING_BYTES = 64 * 1024
export const MAX_RING_BYTES = 2 ** 30

/** On the board, beside the event types: no event of the app finds room, and those that were accepted are set aside. */
export const APP_FULL = 1 << 30

/**
 * Words of the board on which a shard shows the main thread, at once and in the middle of a burst, which event types of an
 * app (bits) only full endpoints want. An app's word is its index modulo this; memory that is never touched costs nothing.
 */
export const BOARD_WORDS = 2 ** 20

export function createBoard(): SharedArrayBuffer {
  return new SharedArrayBuffer(BOARD_WORDS * Int32Array.BYTES_PER_ELEMENT)
}

/** Makes the shared memory of a ring. @throws RangeError when `bytes` is not a power of two within the limits. */
export function createRing(bytes: number): SharedArrayBuffer {
  const isPowerOfTwo = Number.isInteger(bytes) && bytes > 0 && (bytes & (bytes - 1)) === 0
  if (!isPowerOfTwo || bytes < MIN_RING_BYTES || bytes > MAX_RING_BYTES) {
    throw new RangeError(`a ring has a power of two of bytes from ${MIN_RING_BYTES} to ${MAX_RING_BYTES}, not ${bytes}`)
  }
  return new SharedArrayBuffer(CONTROL_BYTES + bytes)
}

export function align(bytes: number): number {
  return (bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1)
}

/** Whether a ring is empty enough for who was refused to hear of room: at least half of it is free. */
export function hasDrained(backlogBytes: number, capacity: number): boolean {
  return backlogBytes <= capacity >>> 1
}

/** Bytes between two free-running positions: right also when the later one has wrapped around 2³². */
export function distance(from: number, to: number): number {
  return (to - from) >>> 0
}
