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
const SPACE = 0x20
const FIRST_OF_DIGITS_MS = 10 ** (DIGITS - 1)
const LAST_MS = 10 ** DIGITS - 1
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

/**
 * Writes Unix time in ms in 13 bytes: as many digits from 2001 to 2286, fewer behind spaces before (JSON has no leading zeros, and a
 * machine without a battery clock starts in 1970). A fraction is left out.
 */
export function writeTime(target: DataView, at: number, timeMs: number): void {
  if (timeMs !== writtenMs) {
    const shownMs = timeMs > 0 ? Math.min(timeMs, LAST_MS) : 0
    const high = Math.floor(shownMs / LOW_UNIT)
    writeDigits(DIGITS, LOW_DIGITS, Math.floor(shownMs - high * LOW_UNIT))
    writeDigits(DIGITS - LOW_DIGITS, DIGITS - LOW_DIGITS, high)
    if (shownMs < FIRST_OF_DIGITS_MS) spaceOutZeros()
    writtenMs = timeMs
  }
  target.setInt32(at, digits.getInt32(0))
  target.setInt32(at + 4, digits.getInt32(4))
  target.setInt32(at + 8, digits.getInt32(8))
  target.setUint8(at + 12, digits.getUint8(12))
}

/** Puts spaces in the place of the zeros in front, save the last digit. */
function spaceOutZeros(): void {
  for (let at = 0; at < DIGITS - 1 && digits.getUint8(at) === ZERO; at++) digits.setUint8(at, SPACE)
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
