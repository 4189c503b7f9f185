import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RingConsumer } from '../../src/ring/consumer.js'
import { WriteResult } from '../../src/ring/event-writer.js'
import { Control, Doorbell, MARKER_RESERVE_BYTES, MIN_RING_BYTES } from '../../src/ring/layout.js'
import { EVENT_HEADER_BYTES, MARKER_BYTES } from '../../src/ring/record.js'
import { connect, HEADER, type ReadRecord, readRecord, ringAt, writeFields } from './support/events.js'

const test = suite('ring')

/** Positions before, at and behind the wrap of 32 bits and of the sign. */
const anyStart = fc
  .oneof(
    fc
      .constantFrom(0, 2 ** 31, 2 ** 32)
      .chain((at) => fc.integer({ min: at - MIN_RING_BYTES, max: at + MIN_RING_BYTES })),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  )
  .map((position) => (position & ~7) >>> 0)

const anyCommand = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('event' as const), bytes: fc.integer({ min: 0, max: 16_000 }) }),
  },
  fc.record({ kind: fc.constant('marker' as const) }),
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('read' as const) }) },
  fc.record({ kind: fc.constant('take over' as const) }),
)

function sizeOf(record: ReadRecord): number {
  if (record.kind === 'marker') return MARKER_BYTES
  return (EVENT_HEADER_BYTES + (record.fields.data?.length ?? 0) + 7) & ~7
}

test('behaves as a queue of records, wherever its positions stand', () => {
  fc.assert(
    fc.property(anyStart, fc.array(anyCommand, { maxLength: 60 }), (start, commands) => {
      const shared = ringAt(start)
      const { producer, consumer: first } = connect(shared)
      let consumer = first
      let sequence = 0
      const queue: ReadRecord[] = []
      for (const [number, command] of commands.entries()) {
        if (command.kind === 'event') {
          const data = String.fromCharCode(97 + (number % 26)).repeat(command.bytes)
          if (writeFields(producer, { data }) === WriteResult.Written) {
            const absent = { name: undefined, channel: undefined, event: undefined, socketId: undefined }
            const fields = { ...absent, data, userId: undefined, extra: undefined }
            queue.push({ kind: 'event', ...HEADER, sequence: sequence++, fields })
          } else {
            const used = queue.reduce((sum, record) => sum + sizeOf(record), 0)
            const worst = EVENT_HEADER_BYTES + Math.max(data.length, Math.min(data.length, 2048) * 3)
            assert.ok(used + 4 * worst + MARKER_RESERVE_BYTES > MIN_RING_BYTES, 'refused though there was room')
          }
        } else if (command.kind === 'marker') {
          if (producer.writeMarker(number)) queue.push({ kind: 'marker', marker: number })
        } else if (command.kind === 'read') {
          assert.equal(readRecord(consumer), queue.shift() ?? null)
        } else {
          consumer = new RingConsumer(shared)
        }
        assert.ok(producer.backlogBytes <= MIN_RING_BYTES)
        assert.is(consumer.backlogBytes, producer.backlogBytes)
      }
      for (const record of queue) assert.equal(readRecord(consumer), record)
      assert.is(readRecord(consumer), null)
      assert.is(consumer.backlogBytes, 0)
    }),
  )
})

test('is usable to its last byte by markers', () => {
  fc.assert(
    fc.property(anyStart, (start) => {
      const { producer } = connect(ringAt(start - (start % MARKER_BYTES)))
      let markers = 0
      while (producer.writeMarker(markers)) markers += 1
      assert.is(markers * MARKER_BYTES, MIN_RING_BYTES)
    }),
    { numRuns: 20 },
  )
})

test('keeps room for markers when events are refused', () => {
  const { producer } = connect(ringAt(0))
  while (writeFields(producer, { data: 'x' }) === WriteResult.Written);
  assert.ok(producer.writeMarker(1))
})

test('takes events again as soon as as many bytes have been read', () => {
  const { producer, consumer } = connect(ringAt(2 ** 32 - 4096))
  const data = 'x'.repeat(4000)
  while (writeFields(producer, { data }) === WriteResult.Written);
  while (writeFields(producer, { data }) === WriteResult.Full) readRecord(consumer)
  assert.ok(consumer.backlogBytes > MIN_RING_BYTES - MARKER_RESERVE_BYTES - 3 * 4096)
})

test('numbers its events from 0 and markers do not count', () => {
  const { producer, consumer } = connect(ringAt(0))
  writeFields(producer, {})
  producer.writeMarker(9)
  writeFields(producer, {})
  const records = [readRecord(consumer), readRecord(consumer), readRecord(consumer)]
  assert.equal(
    records.map((record) => (record?.kind === 'event' ? record.sequence : record?.kind)),
    [0, 'marker', 1],
  )
})

test('a record that was reserved and not published is not seen', () => {
  const { producer, consumer } = connect(ringAt(MIN_RING_BYTES - 64))
  producer.reserve(1024)
  assert.is(readRecord(consumer), null)
})

test('a consumer that takes over goes on at the record that was being read', () => {
  const shared = ringAt(0)
  const { producer, consumer } = connect(shared)
  for (const marker of [1, 2, 3]) producer.writeMarker(marker)
  readRecord(consumer)
  consumer.peek()
  assert.equal(readRecord(new RingConsumer(shared)), { kind: 'marker', marker: 2 })
})

test('a write rings once when the consumer is at rest, and not again', () => {
  const { producer, consumer, rings } = connect(ringAt(0))
  consumer.arm()
  producer.writeMarker(1)
  producer.writeMarker(2)
  assert.is(rings(), 1)
})

test('a write does not ring when the consumer is not at rest', () => {
  const { producer, consumer, rings } = connect(ringAt(0))
  consumer.arm()
  consumer.disarm()
  producer.writeMarker(1)
  assert.is(rings(), 0)
})

test('a consumer does not go to rest over a record', () => {
  const { producer, consumer } = connect(ringAt(0))
  producer.writeMarker(1)
  const isAtRest = consumer.arm()
  const doorbell = Atomics.load(consumer.memory.control, Control.Doorbell)
  assert.equal({ isAtRest, doorbell }, { isAtRest: false, doorbell: Doorbell.Disarmed })
})

test('a consumer does not go to rest over a wish for a drain', () => {
  const { producer, consumer } = connect(ringAt(0))
  producer.wantDrain()
  assert.equal([consumer.arm(), consumer.takeDrain(), consumer.arm()], [false, true, true])
})

test('goes to rest at any position when it is empty', () => {
  fc.assert(
    fc.property(anyStart, (start) => {
      const { producer, consumer } = connect(ringAt(start))
      producer.writeMarker(1)
      readRecord(consumer)
      return consumer.arm()
    }),
  )
})

test('a producer that was refused hears of room once, when half of the ring is free', () => {
  const { producer, consumer } = connect(ringAt(0))
  while (producer.writeMarker(0));
  producer.wantDrain()
  const heardAt: number[] = []
  while (readRecord(consumer) !== null) if (consumer.takeDrain()) heardAt.push(consumer.backlogBytes)
  assert.equal(heardAt, [MIN_RING_BYTES / 2])
})

test('nobody hears of room who was not refused', () => {
  const { consumer } = connect(ringAt(0))
  assert.not(consumer.takeDrain())
})

test('asking for room rings when the consumer is at rest already', () => {
  const { producer, consumer, rings } = connect(ringAt(0))
  consumer.arm()
  producer.wantDrain()
  assert.equal([rings(), consumer.takeDrain()], [1, true])
})

test.run()
