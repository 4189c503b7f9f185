import { writeTime } from '../arena/body.js'
import { CUSTOM, EVENT_TYPES } from '../ring/event-types.js'
import type { EventView } from '../ring/event-view.js'
import { Field } from '../ring/record.js'
import { copyBytes, escapedLength, writeEscaped } from './json-string.js'

/**
 * An event as JSON bytes, from the raw fields of its record: no string and no object is made (guarded by the benchmark
 * `encode`). The order of the members is the wire's: `name`, `channel`, `event`, `data`, `socket_id`, `user_id`, further
 * ones, `time_ms`.
 */

const QUOTE = 0x22
const CLOSING_BRACE = 0x7d
const TIME_DIGITS = 13
const WORD_BYTES = 4

/** Text that is the same in every event, in whole words. */
interface Literal {
  /** Little-endian; the last one may go on with zeros. */
  readonly words: Int32Array
  readonly bytes: number
}

const NAME_OPEN = literal('{"name":"')
/** What an event of a numbered type starts with, up to the name's closing quote. */
const NAMED = EVENT_TYPES.map((name) => literal(`{"name":"${name}"`))
const CHANNEL = literal(',"channel":"')
const EVENT = literal(',"event":"')
const DATA = literal(',"data":"')
const SOCKET_ID = literal(',"socket_id":"')
const USER_ID = literal(',"user_id":"')
const TIME = literal(',"time_ms":')

/** All that is not a field, at its longest. */
const FIXED_BYTES = [NAME_OPEN, CHANNEL, EVENT, DATA, SOCKET_ID, USER_ID, TIME].reduce(
  (sum, part) => sum + part.bytes + 1,
  TIME_DIGITS + 32,
)
const WORST_ESCAPE_BYTES = 6

/** An upper bound of the event's JSON, in bytes, that costs nothing to compute. */
export function maxEventBytes(event: EventView): number {
  return FIXED_BYTES + (event.end - event.nameAt) * WORST_ESCAPE_BYTES
}

/** The exact size of the event's JSON, in bytes. */
export function eventBytes(event: EventView): number {
  const { nameAt, channelAt, eventAt, socketIdAt, userIdAt, dataAt, extraAt, end } = event
  let size = event.type === CUSTOM ? stringBytes(event, NAME_OPEN, nameAt, channelAt) : (NAMED[event.type]?.bytes ?? 0)
  if (event.has(Field.Channel)) size += stringBytes(event, CHANNEL, channelAt, eventAt)
  if (event.has(Field.Event)) size += stringBytes(event, EVENT, eventAt, socketIdAt)
  if (event.has(Field.Data)) size += stringBytes(event, DATA, dataAt, extraAt)
  if (event.has(Field.SocketId)) size += stringBytes(event, SOCKET_ID, socketIdAt, userIdAt)
  if (event.has(Field.UserId)) size += stringBytes(event, USER_ID, userIdAt, dataAt)
  return size + (end - extraAt) + TIME.bytes + TIME_DIGITS + 1
}

/**
 * Writes the event's JSON at byte `at`, which must have room for `eventBytes(event)`.
 * @returns the offset behind it
 */
export function writeEventJson(event: EventView, target: DataView, at: number): number {
  const { nameAt, channelAt, eventAt, socketIdAt, userIdAt, dataAt, extraAt } = event
  let end =
    event.type === CUSTOM
      ? writeString(event, NAME_OPEN, nameAt, channelAt, target, at)
      : copyAll(NAMED[event.type] ?? NAME_OPEN, target, at)
  if (event.has(Field.Channel)) end = writeString(event, CHANNEL, channelAt, eventAt, target, end)
  if (event.has(Field.Event)) end = writeString(event, EVENT, eventAt, socketIdAt, target, end)
  if (event.has(Field.Data)) end = writeString(event, DATA, dataAt, extraAt, target, end)
  if (event.has(Field.SocketId)) end = writeString(event, SOCKET_ID, socketIdAt, userIdAt, target, end)
  if (event.has(Field.UserId)) end = writeString(event, USER_ID, userIdAt, dataAt, target, end)
  end = copyBytes(event.view, extraAt, event.end, target, end)
  end = copyAll(TIME, target, end)
  writeTime(target, end, event.timeMs)
  end += TIME_DIGITS
  target.setUint8(end, CLOSING_BRACE)
  return end + 1
}

/** Bytes of what leads to a string, the string and its closing quote. */
function stringBytes(event: EventView, lead: Literal, from: number, to: number): number {
  return lead.bytes + escapedLength(event.view, from, to) + 1
}

function writeString(event: EventView, lead: Literal, from: number, to: number, target: DataView, at: number): number {
  const end = writeEscaped(event.view, from, to, target, copyAll(lead, target, at))
  target.setUint8(end, QUOTE)
  return end + 1
}

/** Writes up to three bytes beyond the text, which what always comes after a literal writes over. */
function copyAll({ words, bytes }: Literal, target: DataView, at: number): number {
  for (let index = 0; index < words.length; index++) target.setInt32(at + index * WORD_BYTES, words[index] ?? 0, true)
  return at + bytes
}

function literal(text: string): Literal {
  const bytes = Buffer.from(text)
  const count = Math.ceil(bytes.length / WORD_BYTES)
  const padded = Buffer.concat([bytes], count * WORD_BYTES)
  const words = Int32Array.from({ length: count }, (_, index) => padded.readInt32LE(index * WORD_BYTES))
  return { words, bytes: bytes.length }
}
