import type { EventTexts } from './event-draft.js'
import type { EventType } from './event-types.js'
import { align } from './layout.js'
import { NO_ROOM, type RingProducer } from './producer.js'
import { EVENT_HEADER_BYTES, Field, MAX_SHORT_FIELD_BYTES, RecordKind, Word } from './record.js'

export const WriteResult = {
  Written: 0,
  /** The ring has no room now. */
  Full: 1,
  /** The record is larger than a quarter of the ring, or a short field is longer than 65,535 bytes. */
  TooLarge: 2,
} as const

export type WriteResult = (typeof WriteResult)[keyof typeof WriteResult]

/** Up to here it is cheaper to reserve for the worst case than to measure. In UTF-16 code units. */
const SMALL_EVENT = 2048
/** UTF-8 needs at most three bytes for a UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3
/** Up to here a loop over ASCII costs less than the call of a native function. In UTF-16 code units. */
const SHORT_FIELD = 40
const LAST_ASCII = 0x7f

/**
 * Writes one event into the ring, for the caller to publish. The hot path of the host's thread: no object and no string is made (guarded by the
 * benchmark `ring`).
 *
 * UTF-8 cannot carry lone surrogates: each becomes U+FFFD.
 * @param flags further `Field` bits
 */
export function writeEvent(
  ring: RingProducer,
  app: number,
  type: EventType,
  timeMs: number,
  { name, channel, event, data, socketId, userId, extra }: EventTexts,
  flags = 0,
): WriteResult {
  const units =
    length(name) + length(channel) + length(event) + length(socketId) + length(userId) + length(data) + length(extra)
  const mostBytes =
    units <= SMALL_EVENT
      ? units * MAX_BYTES_PER_UNIT
      : byteLengthOf([name, channel, event, socketId, userId, data, extra])
  if (EVENT_HEADER_BYTES + mostBytes > ring.maxRecordBytes) return WriteResult.TooLarge
  const offset = ring.reserve(EVENT_HEADER_BYTES + mostBytes)
  if (offset === NO_ROOM) return WriteResult.Full

  const { bytes, words, doubles } = ring.memory
  const nameAt = offset + EVENT_HEADER_BYTES
  let fields = flags
  let end = nameAt
  if (name !== undefined) {
    fields |= Field.Name
    end = writeField(bytes, name, end)
  }
  const channelAt = end
  if (channel !== undefined) {
    fields |= Field.Channel
    end = writeField(bytes, channel, end)
  }
  const eventAt = end
  if (event !== undefined) {
    fields |= Field.Event
    end = writeField(bytes, event, end)
  }
  const socketIdAt = end
  if (socketId !== undefined) {
    fields |= Field.SocketId
    end = writeField(bytes, socketId, end)
  }
  const userIdAt = end
  if (userId !== undefined) {
    fields |= Field.UserId
    end = writeField(bytes, userId, end)
  }
  const dataAt = end
  if (data !== undefined) {
    fields |= Field.Data
    end = writeField(bytes, data, end)
  }
  const extraAt = end
  if (extra !== undefined) {
    fields |= Field.Extra
    end = writeField(bytes, extra, end)
  }

  const nameBytes = channelAt - nameAt
  const channelBytes = eventAt - channelAt
  const eventBytes = socketIdAt - eventAt
  const socketIdBytes = userIdAt - socketIdAt
  const userIdBytes = dataAt - userIdAt
  if ((nameBytes | channelBytes | eventBytes | socketIdBytes | userIdBytes) > MAX_SHORT_FIELD_BYTES) {
    return WriteResult.TooLarge
  }
  const word = offset >>> 2
  words[word + Word.Size] = align(end - offset)
  words[word + Word.Kind] = RecordKind.Event | (type << 8) | fields
  words[word + Word.Subject] = app
  words[word + Word.Sequence] = ring.nextSequence
  doubles[(offset >>> 3) + (Word.Time >>> 1)] = timeMs
  words[word + Word.NameAndChannel] = nameBytes | (channelBytes << 16)
  words[word + Word.EventAndSocketId] = eventBytes | (socketIdBytes << 16)
  words[word + Word.UserId] = userIdBytes
  words[word + Word.Data] = extraAt - dataAt
  words[word + Word.Extra] = end - extraAt
  ring.commit(end - offset)
  return WriteResult.Written
}

/** Writes a field as UTF-8, a lone surrogate as U+FFFD. @returns the offset behind it */
function writeField(bytes: Buffer, field: string, at: number): number {
  const units = field.length
  if (units > SHORT_FIELD) return at + bytes.write(field, at, 'utf8')
  for (let index = 0; index < units; index++) {
    const unit = field.charCodeAt(index)
    if (unit > LAST_ASCII) return at + bytes.write(field, at, 'utf8')
    bytes[at + index] = unit
  }
  return at + units
}

function length(field: string | undefined): number {
  return field === undefined ? 0 : field.length
}

function byteLengthOf(fields: readonly (string | undefined)[]): number {
  return fields.reduce((sum, field) => sum + (field === undefined ? 0 : Buffer.byteLength(field, 'utf8')), 0)
}
