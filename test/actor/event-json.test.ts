import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { eventBytes, maxEventBytes, writeEventJson } from '../../src/actor/event-json.js'
import type { EventTexts } from '../../src/ring/event-draft.js'
import { CUSTOM, EVENT_TYPES, type EventType } from '../../src/ring/event-types.js'
import { EventView } from '../../src/ring/event-view.js'
import { WriteResult } from '../../src/ring/event-writer.js'
import { anyFields, connect, HEADER, ringAt, writeFields } from '../ring/support/events.js'

const test = suite('event JSON')

const GUARD = 0xee
const anyType = fc.integer({ min: 0, max: EVENT_TYPES.length - 1 })

function view(fields: EventTexts, type: EventType = CUSTOM, timeMs = HEADER.timeMs): EventView {
  const { producer, consumer } = connect(ringAt(0))
  assert.is(writeFields(producer, fields, { ...HEADER, type, timeMs }), WriteResult.Written)
  const { bytes, words, doubles } = consumer.memory
  return new EventView(bytes, words, doubles).read(consumer.peek())
}

/** The JSON, written into the middle of other bytes, which must stay as they are. */
function json(event: EventView): string {
  const at = 5
  const target = Buffer.alloc(eventBytes(event) + 2 * at, GUARD)
  const end = writeEventJson(event, new DataView(target.buffer, target.byteOffset, target.length), at)
  const around = [...target.subarray(0, at), ...target.subarray(end)]
  assert.ok(around.length === 2 * at && around.every((byte) => byte === GUARD), 'wrote another length than foretold')
  return target.toString('utf8', at, end)
}

/** The event as the wire has it; a name that is not given is empty. */
function expected({ name = '', channel, event, data, socketId, userId, extra }: EventTexts, type: EventType): object {
  const known = type === CUSTOM ? name : EVENT_TYPES[type]
  const further: object = extra === undefined ? {} : JSON.parse(`{${extra.slice(1)}}`)
  const members = { name: known, channel, event, data, socket_id: socketId, user_id: userId }
  const present = Object.entries(members).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value.toWellFormed()]],
  )
  return { ...Object.fromEntries(present), ...further, time_ms: HEADER.timeMs }
}

test('says what was emitted, whatever the Unicode', () => {
  fc.assert(
    fc.property(anyFields(), anyType, (fields, type) => {
      assert.equal(JSON.parse(json(view(fields, type))), expected(fields, type))
    }),
    { numRuns: 1000 },
  )
})

test('is byte for byte what JSON.stringify makes', () => {
  fc.assert(
    fc.property(anyFields(), anyType, (fields, type) => {
      assert.is(json(view(fields, type)), JSON.stringify(expected(fields, type)))
    }),
    { numRuns: 1000 },
  )
})

test('every character that needs an escape has it', () => {
  const all = Array.from({ length: 0x100 }, (_, code) => String.fromCharCode(code)).join('')
  assert.equal(JSON.parse(json(view({ data: all }))), expected({ data: all }, CUSTOM))
})

test('long data of every kind comes through', () => {
  for (const unit of ['a', '"', '\u0001', 'é', '😀', '\ud800', 'aaaaaaaaaaaaaaa"']) {
    const data = unit.repeat(200)
    assert.is(json(view({ data })), JSON.stringify(expected({ data }, CUSTOM)))
  }
})

test('has its members in the order of the wire', () => {
  const fields = { name: 'n', channel: 'c', event: 'e', data: 'd', socketId: 's', userId: 'u', extra: ',"x":1' }
  assert.is(
    json(view(fields)),
    `{"name":"n","channel":"c","event":"e","data":"d","socket_id":"s","user_id":"u","x":1,"time_ms":${HEADER.timeMs}}`,
  )
})

test('leaves out what is absent and keeps what is empty', () => {
  assert.is(
    json(view({ name: 'n', channel: '', userId: '' })),
    `{"name":"n","channel":"","user_id":"","time_ms":${HEADER.timeMs}}`,
  )
})

test('a time is written in whole milliseconds', () => {
  assert.is(json(view({ name: 'n' }, CUSTOM, 1_700_000_000_000.75)), '{"name":"n","time_ms":1700000000000}')
})

test('the upper bound is one', () => {
  fc.assert(
    fc.property(anyFields(), anyType, (fields, type) => {
      const event = view(fields, type)
      return maxEventBytes(event) >= eventBytes(event)
    }),
    { numRuns: 1000 },
  )
})

test('the upper bound holds for the worst of all fields', () => {
  const worst = '\u0001'.repeat(50)
  const event = view({ name: worst, channel: worst, event: worst, data: worst, socketId: worst, userId: worst })
  assert.ok(maxEventBytes(event) >= eventBytes(event))
})

test.run()
