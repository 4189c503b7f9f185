import type { EventType } from './event-types.js'
import { NO_ROOM, type RingProducer } from './producer.js'
import { EVENT_HEADER_BYTES, Field, MAX_SHORT_FIELD_BYTES, RecordKind, Word } from './record.js'

/** With the `u` flag a pair is one code point, so this finds only halves without their other half. */
const LONE_SURROGATE = /\p{Surrogate}/u

export const WriteResult = {
  Written: 0,
  /** The ring has no room now. */
  Full: 1,
  /** The record is larger than a quarter of the ring, or a short field is longer than 65,535 bytes. */
  TooLarge: 2,
} as const

export type WriteResult = (typeof WriteResult)[keyof typeof WriteResult]

/** Up to here it is cheaper to reserve for the worst case than to measure. */
const SMALL_STRING = 2048
/** UTF-8 needs at most three bytes for a UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3

/**
 * Writes one event into the ring. The hot path of the host's thread: one joined string, one UTF-8 write, no object is
 * allocated (guarded by the benchmark `emit`).
 *
 * When as many bytes as code units were written, every field is ASCII and its length is its byte length. Otherwise the
 * fields are measured, and where one has a lone surrogate, which UTF-8 cannot carry, all are escaped as JSON does it
 * (`\ud800`). `extra` is JSON already, which has no lone surrogates.
 */
export function writeEvent(
  ring: RingProducer,
  app: number,
  type: EventType,
  timeMs: number,
  name: string | undefined,
  channel: string | undefined,
  event: string | undefined,
  data: string | undefined,
  socketId: string | undefined,
  userId: string | undefined,
  extra: string | undefined,
): WriteResult {
  return write(ring, app, type, timeMs, name, channel, event, data, socketId, userId, extra, 0)
}

function write(
  ring: RingProducer,
  app: number,
  type: EventType,
  timeMs: number,
  name: string | undefined,
  channel: string | undefined,
  event: string | undefined,
  data: string | undefined,
  socketId: string | undefined,
  userId: string | undefined,
  extra: string | undefined,
  escaped: number,
): WriteResult {
  let joined = ''
  let fields = escaped
  if (name !== undefined) {
    joined = name
    fields |= Field.Name
  }
  if (channel !== undefined) {
    joined += channel
    fields |= Field.Channel
  }
  if (event !== undefined) {
    joined += event
    fields |= Field.Event
  }
  if (socketId !== undefined) {
    joined += socketId
    fields |= Field.SocketId
  }
  if (userId !== undefined) {
    joined += userId
    fields |= Field.UserId
  }
  if (data !== undefined) {
    joined += data
    fields |= Field.Data
  }
  if (extra !== undefined) {
    joined += extra
    fields |= Field.Extra
  }

  const units = joined.length
  const worst =
    EVENT_HEADER_BYTES + (units <= SMALL_STRING ? units * MAX_BYTES_PER_UNIT : Buffer.byteLength(joined, 'utf8'))
  if (worst > ring.maxRecordBytes) return WriteResult.TooLarge
  const offset = ring.reserve(worst)
  if (offset === NO_ROOM) return WriteResult.Full

  const { bytes, words, doubles } = ring.memory
  const payload = offset + EVENT_HEADER_BYTES
  const written = bytes.write(joined, payload, worst - EVENT_HEADER_BYTES, 'utf8')
  const ascii = written === units
  if (!ascii && ![name, channel, event, data, socketId, userId].every(isWellFormed)) {
    return write(
      ring,
      app,
      type,
      timeMs,
      escape(name),
      escape(channel),
      escape(event),
      escape(data),
      escape(socketId),
      escape(userId),
      extra,
      Field.Escaped,
    )
  }

  const nameBytes = byteLength(name, ascii)
  const channelBytes = byteLength(channel, ascii)
  const eventBytes = byteLength(event, ascii)
  const socketIdBytes = byteLength(socketId, ascii)
  const userIdBytes = byteLength(userId, ascii)
  if ((nameBytes | channelBytes | eventBytes | socketIdBytes | userIdBytes) > MAX_SHORT_FIELD_BYTES) {
    return WriteResult.TooLarge
  }
  const word = offset >>> 2
  const size = (EVENT_HEADER_BYTES + written + 7) & ~7
  words[word + Word.Size] = size
  words[word + Word.Kind] = RecordKind.Event | (type << 8) | fields
  words[word + Word.Subject] = app
  words[word + Word.Sequence] = ring.nextSequence
  doubles[(offset >>> 3) + (Word.Time >>> 1)] = timeMs
  words[word + Word.NameAndChannel] = nameBytes | (channelBytes << 16)
  words[word + Word.EventAndSocketId] = eventBytes | (socketIdBytes << 16)
  words[word + Word.UserId] = userIdBytes
  words[word + Word.Data] = byteLength(data, ascii)
  words[word + Word.Extra] = byteLength(extra, ascii)
  ring.publish(size)
  return WriteResult.Written
}

function byteLength(field: string | undefined, ascii: boolean): number {
  if (field === undefined) return 0
  return ascii ? field.length : Buffer.byteLength(field, 'utf8')
}

function isWellFormed(field: string | undefined): boolean {
  return field === undefined || !LONE_SURROGATE.test(field)
}

function escape(field: string | undefined): string | undefined {
  return field === undefined ? undefined : JSON.stringify(field).slice(1, -1)
}
