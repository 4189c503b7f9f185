import { CUSTOM, EVENT_TYPES } from '../ring/event-types.js'
import type { EventView } from '../ring/event-view.js'
import { Field } from '../ring/record.js'
import { writeTime } from '../arena/body.js'

/**
 * An event as JSON bytes, from the raw fields of its record: no string and no object is made (guarded by the benchmark
 * `encode`). The order of the members is the wire's: `name`, `channel`, `event`, `data`, `socket_id`, `user_id`, further
 * ones, `time_ms`.
 */

const QUOTE = 0x22
const BACKSLASH = 0x5c
const FIRST_PRINTABLE = 0x20
const TIME_DIGITS = 13

const HEX = Buffer.from('0123456789abcdef')
const CONTROL_ESCAPE = Buffer.from('\\u00')

/** Bytes that each byte of a string takes as JSON (RFC 8259, section 7). */
const ESCAPED_BYTES = new Uint8Array(256).fill(1)
/** The letter of a two-byte escape; 0: none. */
const ESCAPE_LETTER = new Uint8Array(256)

ESCAPED_BYTES.fill(6, 0, FIRST_PRINTABLE)
for (const [code, letter] of [
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [QUOTE, '"'],
  [BACKSLASH, '\\'],
] as const) {
  ESCAPED_BYTES[code] = 2
  ESCAPE_LETTER[code] = letter.charCodeAt(0)
}

const NAME_OPEN = Buffer.from('{"name":"')
/** What an event of a numbered type starts with, up to the name's closing quote. */
const NAMED = EVENT_TYPES.map((name) => Buffer.from(`{"name":"${name}"`))
const CHANNEL = Buffer.from(',"channel":"')
const EVENT = Buffer.from(',"event":"')
const DATA = Buffer.from(',"data":"')
const SOCKET_ID = Buffer.from(',"socket_id":"')
const USER_ID = Buffer.from(',"user_id":"')
const TIME = Buffer.from(',"time_ms":')

/** All that is not a field, at its longest. */
const FIXED_BYTES = [NAME_OPEN, CHANNEL, EVENT, DATA, SOCKET_ID, USER_ID, TIME].reduce(
  (sum, part) => sum + part.length + 1,
  TIME_DIGITS + 32,
)
const WORST_ESCAPE_BYTES = 6

/** An upper bound of the event's JSON, in bytes, that costs nothing to compute. */
export function maxEventBytes(event: EventView): number {
  return FIXED_BYTES + (event.end - event.nameAt) * WORST_ESCAPE_BYTES
}

/** The exact size of the event's JSON, in bytes. */
export function eventBytes(event: EventView): number {
  let size =
    event.type === CUSTOM
      ? NAME_OPEN.length + 1 + escapedBytes(event, event.nameAt, event.channelAt)
      : (NAMED[event.type]?.length ?? 0)
  if (event.has(Field.Channel)) size += CHANNEL.length + 1 + escapedBytes(event, event.channelAt, event.eventAt)
  if (event.has(Field.Event)) size += EVENT.length + 1 + escapedBytes(event, event.eventAt, event.socketIdAt)
  if (event.has(Field.Data)) size += DATA.length + 1 + escapedBytes(event, event.dataAt, event.extraAt)
  if (event.has(Field.SocketId)) size += SOCKET_ID.length + 1 + escapedBytes(event, event.socketIdAt, event.userIdAt)
  if (event.has(Field.UserId)) size += USER_ID.length + 1 + escapedBytes(event, event.userIdAt, event.dataAt)
  return size + (event.end - event.extraAt) + TIME.length + TIME_DIGITS + 1
}

/**
 * Writes the event's JSON at byte `at`, which must have room for `eventBytes(event)`.
 * @returns the offset behind it
 */
export function writeEventJson(event: EventView, target: Uint8Array, at: number): number {
  let end = at
  if (event.type === CUSTOM) {
    end = writeString(event, event.nameAt, event.channelAt, target, copy(NAME_OPEN, target, end))
  } else {
    end = copy(NAMED[event.type] ?? NAME_OPEN, target, end)
  }
  if (event.has(Field.Channel)) {
    end = writeString(event, event.channelAt, event.eventAt, target, copy(CHANNEL, target, end))
  }
  if (event.has(Field.Event)) {
    end = writeString(event, event.eventAt, event.socketIdAt, target, copy(EVENT, target, end))
  }
  if (event.has(Field.Data)) {
    end = writeString(event, event.dataAt, event.extraAt, target, copy(DATA, target, end))
  }
  if (event.has(Field.SocketId)) {
    end = writeString(event, event.socketIdAt, event.userIdAt, target, copy(SOCKET_ID, target, end))
  }
  if (event.has(Field.UserId)) {
    end = writeString(event, event.userIdAt, event.dataAt, target, copy(USER_ID, target, end))
  }
  for (let index = event.extraAt; index < event.end; index++) target[end++] = event.bytes[index] ?? 0
  end = copy(TIME, target, end)
  writeTime(target, end, event.timeMs)
  end += TIME_DIGITS
  target[end++] = 0x7d
  return end
}

function escapedBytes(event: EventView, from: number, to: number): number {
  if (event.has(Field.Escaped)) return to - from
  const { bytes } = event
  let size = 0
  for (let index = from; index < to; index++) size += ESCAPED_BYTES[bytes[index] ?? 0] ?? 1
  return size
}

/** Writes a string's contents and its closing quote. */
function writeString(event: EventView, from: number, to: number, target: Uint8Array, at: number): number {
  const { bytes } = event
  let end = at
  if (event.has(Field.Escaped)) {
    for (let index = from; index < to; index++) target[end++] = bytes[index] ?? 0
  } else {
    for (let index = from; index < to; index++) {
      const byte = bytes[index] ?? 0
      if (byte >= FIRST_PRINTABLE && byte !== QUOTE && byte !== BACKSLASH) target[end++] = byte
      else end = writeEscape(byte, target, end)
    }
  }
  target[end] = QUOTE
  return end + 1
}

function writeEscape(byte: number, target: Uint8Array, at: number): number {
  const letter = ESCAPE_LETTER[byte] ?? 0
  if (letter !== 0) {
    target[at] = BACKSLASH
    target[at + 1] = letter
    return at + 2
  }
  const end = copy(CONTROL_ESCAPE, target, at)
  target[end] = HEX[byte >>> 4] ?? 0
  target[end + 1] = HEX[byte & 0xf] ?? 0
  return end + 2
}

function copy(source: Uint8Array, target: Uint8Array, at: number): number {
  const { length } = source
  for (let index = 0; index < length; index++) target[at + index] = source[index] ?? 0
  return at + length
}
