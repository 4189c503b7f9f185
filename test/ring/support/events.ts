import fc from 'fast-check'
import { EMPTY, RingConsumer } from '../../../src/ring/consumer.js'
import type { EventTexts } from '../../../src/ring/event-draft.js'
import { CUSTOM, type EventType } from '../../../src/ring/event-types.js'
import { EventView } from '../../../src/ring/event-view.js'
import { WriteResult, writeEvent } from '../../../src/ring/event-writer.js'
import { Control, createRing, MIN_RING_BYTES } from '../../../src/ring/layout.js'
import { RingProducer } from '../../../src/ring/producer.js'
import { Field, RecordKind, Word } from '../../../src/ring/record.js'
import { anyText } from '../../support/unicode.js'

export interface EventHeader {
  readonly type: EventType
  readonly app: number
  readonly timeMs: number
}

export const HEADER: EventHeader = { type: CUSTOM, app: 7, timeMs: 1_700_000_000_123 }

/** A ring whose next byte is number `start` modulo 2³², as if it had been in use for long. */
export function ringAt(start: number, bytes = MIN_RING_BYTES): SharedArrayBuffer {
  const shared = createRing(bytes)
  const control = new Int32Array(shared)
  control[Control.Head] = start
  control[Control.Tail] = start
  return shared
}

export function connect(shared: SharedArrayBuffer): {
  producer: RingProducer
  consumer: RingConsumer
  rings: () => number
} {
  let rings = 0
  const producer = new RingProducer(shared, () => {
    rings += 1
  })
  return { producer, consumer: new RingConsumer(shared), rings: () => rings }
}

/** Writes an event and publishes it. */
export function writeFields(ring: RingProducer, fields: EventTexts, header = HEADER): WriteResult {
  const result = commitFields(ring, fields, header)
  if (result === WriteResult.Written) ring.publish()
  return result
}

/** Writes an event that is not published. */
export function commitFields(ring: RingProducer, fields: EventTexts, header = HEADER): WriteResult {
  return writeEvent(ring, header.app, header.type, header.timeMs, fields)
}

export type ReadRecord =
  | (EventHeader & { readonly kind: 'event'; readonly sequence: number; readonly fields: EventTexts })
  | { readonly kind: 'marker'; readonly marker: number }

/** Takes the next record out of the ring; null: it is empty. */
export function readRecord(ring: RingConsumer): ReadRecord | null {
  const offset = ring.peek()
  if (offset === EMPTY) return null
  const { words } = ring.memory
  const kind = (words[(offset >>> 2) + Word.Kind] ?? 0) & 0xff
  const marker = words[(offset >>> 2) + Word.Subject] ?? 0
  const record: ReadRecord = kind === RecordKind.Marker ? { kind: 'marker', marker } : readEvent(ring, offset)
  ring.consume(offset)
  return record
}

function readEvent(ring: RingConsumer, offset: number): ReadRecord {
  const { bytes, words, doubles } = ring.memory
  const view = new EventView(bytes, words, doubles).read(offset)
  const { type, app, timeMs, sequence } = view
  const text = (from: number, to: number) => bytes.toString('utf8', from, to)
  const fields = {
    name: view.has(Field.Name) ? text(view.nameAt, view.channelAt) : undefined,
    channel: view.has(Field.Channel) ? view.channel : undefined,
    event: view.has(Field.Event) ? text(view.eventAt, view.socketIdAt) : undefined,
    data: view.has(Field.Data) ? text(view.dataAt, view.extraAt) : undefined,
    socketId: view.has(Field.SocketId) ? text(view.socketIdAt, view.userIdAt) : undefined,
    userId: view.has(Field.UserId) ? view.userId : undefined,
    extra: view.has(Field.Extra) ? bytes.toString('utf8', view.extraAt, view.end) : undefined,
  }
  return { kind: 'event', type, app, timeMs, sequence, fields }
}

/** Fields of any Unicode, absent and empty ones included. */
export function anyFields(maxLength?: number): fc.Arbitrary<EventTexts> {
  const field = fc.option(anyText(maxLength), { nil: undefined })
  const extra = fc.option(
    fc
      .dictionary(fc.constantFrom('a', 'é', '日本'), fc.oneof(fc.integer(), anyText(8)), { minKeys: 1 })
      .map((members) => `,${JSON.stringify(members).slice(1, -1)}`),
    { nil: undefined },
  )
  return fc.record({ name: field, channel: field, event: field, data: field, socketId: field, userId: field, extra })
}
