import type { ArenaMemory } from './arena-memory.js'

/** What surrounds the events in a body. */
export interface BodyFormat {
  readonly prefix: Buffer
  readonly suffix: Buffer
  /** Where in the prefix the 13 digits of the sealing time stand; -1: nowhere. */
  readonly timeAt: number
}

const DIGITS = 13
const ZERO = 0x30
/** The digits are written in two halves, each of which is an integer of the machine's. */
const LOW_DIGITS = 6
const LOW_UNIT = 10 ** LOW_DIGITS

/** `{"time_ms":T,"events":[E,…]}`, as Pusher's own libraries require it. */
export const ENVELOPE: BodyFormat = {
  prefix: Buffer.from(`{"time_ms":${'0'.repeat(DIGITS)},"events":[`),
  suffix: Buffer.from(']}'),
  timeAt: '{"time_ms":'.length,
}

/** The event object alone: only for batches of one event. */
export const BARE: BodyFormat = { prefix: Buffer.alloc(0), suffix: Buffer.alloc(0), timeAt: -1 }

/** The digits that were written last: events come many in a millisecond. */
const digits = new DataView(new ArrayBuffer(16))
let writtenMs = Number.NaN

/** Writes Unix time in ms as 13 digits, which it has from 2001 to 2286. A fraction is left out. */
export function writeTime(target: DataView, at: number, timeMs: number): void {
  if (timeMs !== writtenMs) {
    const high = Math.floor(timeMs / LOW_UNIT)
    writeDigits(DIGITS, LOW_DIGITS, Math.floor(timeMs - high * LOW_UNIT))
    writeDigits(DIGITS - LOW_DIGITS, DIGITS - LOW_DIGITS, high)
    writtenMs = timeMs
  }
  target.setInt32(at, digits.getInt32(0))
  target.setInt32(at + 4, digits.getInt32(4))
  target.setInt32(at + 8, digits.getInt32(8))
  target.setUint8(at + 12, digits.getUint8(12))
}

/** Writes the last `count` digits of a 31-bit number so that they end before `end`. */
function writeDigits(end: number, count: number, value: number): void {
  let rest = value | 0
  for (let at = end - 1; at >= end - count; at--) {
    const tens = (rest / 10) | 0
    digits.setUint8(at, ZERO + (rest - tens * 10))
    rest = tens
  }
}

/** Copies the prefix to the start of a body. @returns its length */
export function writePrefix(memory: ArenaMemory, bodyAt: number, format: BodyFormat): number {
  memory.bytes.set(format.prefix, bodyAt)
  return format.prefix.length
}
