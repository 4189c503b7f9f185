import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EMPTY } from '../../src/ring/consumer.js'
import type { EventTexts } from '../../src/ring/event-draft.js'
import { EVENT_TYPES, eventTypeOf } from '../../src/ring/event-types.js'
import { EventView } from '../../src/ring/event-view.js'
import { WriteResult } from '../../src/ring/event-writer.js'
import { MIN_RING_BYTES } from '../../src/ring/layout.js'
import { EVENT_HEADER_BYTES, MAX_SHORT_FIELD_BYTES } from '../../src/ring/record.js'
import { anyFields, connect, HEADER, readRecord, ringAt, writeFields } from './support/events.js'

const test = suite('event records')
const MIB = 2 ** 20

function passed(fields: EventTexts, ringBytes = MIN_RING_BYTES): EventTexts | null {
  const { producer, consumer } = connect(ringAt(0, ringBytes))
  if (writeFields(producer, fields) !== WriteResult.Written) return null
  const record = readRecord(consumer)
  return record?.kind === 'event' ? present(record.fields) : null
}

/** What is given of the fields, as UTF-8 can say it. */
function present(fields: EventTexts): EventTexts {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given.map(([name, value]) => [name, value?.toWellFormed()]))
}

test('fields of any Unicode come out as they went in', () => {
  fc.assert(
    fc.property(anyFields(), (fields) => {
      assert.equal(passed(fields), present(fields))
    }),
    { numRuns: 1000 },
  )
})

test('fields around the size from which they are measured come out as they went in', () => {
  const data = fc
    .constantFrom('a', 'é', '日', '😀', '\ud800', 'a\udc00')
    .chain((unit) => fc.integer({ min: 2040, max: 2060 }).map((units) => unit.repeat(units / unit.length)))
  fc.assert(
    fc.property(data, anyFields(), (text, fields) => {
      assert.equal(passed({ ...fields, data: text }), present({ ...fields, data: text }))
    }),
  )
})

test('the header comes out as it went in', () => {
  const header = fc.record({
    type: fc.integer({ min: 0, max: 255 }),
    app: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    timeMs: fc.double({ noNaN: true }),
  })
  fc.assert(
    fc.property(header, (given) => {
      const { producer, consumer } = connect(ringAt(0))
      writeFields(producer, { channel: 'c' }, given)
      const record = readRecord(consumer)
      assert.equal(record, record?.kind === 'event' ? { ...record, ...given } : null)
    }),
  )
})

test('a pair of surrogates that two fields share is two lone ones', () => {
  const fields = { channel: 'a\ud83d', event: '\ude00b' }
  assert.equal(passed(fields), { channel: 'a\ufffd', event: '\ufffdb' })
})

test('a pair of surrogates within a field stays a character', () => {
  const fields = { channel: '😀', data: '\ud83d\ude00' }
  assert.equal(passed(fields), fields)
})

test('what looks like an escape stays what it is beside a lone surrogate', () => {
  const fields = { channel: '\ud800', data: '\\ud800 "\\n\n"' }
  assert.equal(passed(fields), { ...fields, channel: '\ufffd' })
})

test('an empty field is not an absent one', () => {
  assert.equal(passed({ channel: '', data: '' }), { channel: '', data: '' })
})

test('an event without any field is a record', () => {
  assert.equal(passed({}), {})
})

for (const field of ['name', 'channel', 'event', 'socketId', 'userId'] as const) {
  test(`${field} may have ${MAX_SHORT_FIELD_BYTES} bytes`, () => {
    const fields = { [field]: 'x'.repeat(MAX_SHORT_FIELD_BYTES) }
    assert.equal(passed(fields, MIB), fields)
  })

  test(`${field} with a byte more is too large`, () => {
    const { producer } = connect(ringAt(0, MIB))
    assert.is(writeFields(producer, { [field]: `é${'x'.repeat(MAX_SHORT_FIELD_BYTES - 1)}` }), WriteResult.TooLarge)
  })
}

test('a refused event leaves nothing in the ring', () => {
  const { producer, consumer } = connect(ringAt(0, MIB))
  writeFields(producer, { channel: 'x'.repeat(MAX_SHORT_FIELD_BYTES + 1) })
  assert.is(readRecord(consumer), null)
})

test('data may fill a quarter of the ring', () => {
  const fields = { data: 'x'.repeat(MIN_RING_BYTES / 4 - EVENT_HEADER_BYTES) }
  assert.equal(passed(fields), fields)
})

test('a record of more than a quarter of the ring is too large', () => {
  const { producer } = connect(ringAt(0))
  assert.is(
    writeFields(producer, { data: 'x'.repeat(MIN_RING_BYTES / 4 - EVENT_HEADER_BYTES + 1) }),
    WriteResult.TooLarge,
  )
})

test('an event that finds no room is told from one that never will', () => {
  const { producer } = connect(ringAt(0))
  const data = 'x'.repeat(8000)
  let result: WriteResult = WriteResult.Written
  while (result === WriteResult.Written) result = writeFields(producer, { data })
  assert.is(result, WriteResult.Full)
})

test('an event of a numbered type has its name without carrying it', () => {
  const { producer, consumer } = connect(ringAt(0))
  writeFields(producer, {}, { ...HEADER, type: eventTypeOf('member_added') })
  const { bytes, words, doubles } = consumer.memory
  assert.is(new EventView(bytes, words, doubles).read(consumer.peek()).name, 'member_added')
})

test('a view shows the record that it was pointed at last', () => {
  const { producer, consumer } = connect(ringAt(0))
  writeFields(producer, { name: 'first', channel: 'one', userId: 'u1' })
  writeFields(producer, { name: 'second', channel: 'two', userId: 'u2' })
  const { bytes, words, doubles } = consumer.memory
  const view = new EventView(bytes, words, doubles)
  const shown = []
  for (let offset = consumer.peek(); offset !== EMPTY; offset = consumer.peek()) {
    const { name, channel, userId } = view.read(offset)
    shown.push([name, channel, userId])
    consumer.consume(offset)
  }
  assert.equal(shown, [
    ['first', 'one', 'u1'],
    ['second', 'two', 'u2'],
  ])
})

test('each known name has its number and every other name is custom', () => {
  const known = EVENT_TYPES.slice(1).map((name) => EVENT_TYPES[eventTypeOf(name)])
  assert.equal([...known, eventTypeOf('custom'), eventTypeOf('x')], [...EVENT_TYPES.slice(1), 0, 0])
})

test.run()
