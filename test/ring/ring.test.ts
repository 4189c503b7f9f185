import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RingConsumer } from '../../src/ring/consumer.js'
import { WriteResult } from '../../src/ring/event-writer.js'
import { align, Control, Doorbell, MARKER_RESERVE_BYTES, MIN_RING_BYTES } from '../../src/ring/layout.js'
import type { RingProducer } from '../../src/ring/producer.js'
import { EVENT_HEADER_BYTES, MARKER_BYTES } from '../../src/ring/record.js'
import { commitFields, connect, HEADER, type ReadRecord, readRecord, ringAt, writeFields } from './support/events.js'

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
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('commit' as const), bytes: fc.integer({ min: 0, max: 16_000 }) }),
  },
  fc.record({ kind: fc.constant('publish' as const) }),
  fc.record({ kind: fc.constant('marker' as const) }),
  fc.record({ kind: fc.constant('fill' as const), bytes: fc.integer({ min: 0, max: 16_000 }) }),
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('read' as const) }) },
  fc.record({ kind: fc.constant('take over' as const) }),
)

type Command = typeof anyCommand extends fc.Arbitrary<infer Value> ? Value : never

/** A ring and the queue that it must behave as. */
class Checked {
  private readonly shared: SharedArrayBuffer
  private readonly producer: RingProducer
  private consumer: RingConsumer
  private readonly queue: ReadRecord[] = []
  /** Committed and not published. */
  private readonly unseen: ReadRecord[] = []
  private number = 0
  private sequence = 0

  constructor(start: number) {
    this.shared = ringAt(start)
    const { producer, consumer } = connect(this.shared)
    this.producer = producer
    this.consumer = consumer
  }

  perform(command: Command): void {
    this.number += 1
    if (command.kind === 'event') this.writeEvent(command.bytes)
    else if (command.kind === 'commit') this.commitEvent(command.bytes)
    else if (command.kind === 'publish') this.publish()
    else if (command.kind === 'marker') this.writeMarker()
    else if (command.kind === 'fill') this.fill(command.bytes)
    else if (command.kind === 'read') this.read()
    else this.consumer = new RingConsumer(this.shared)
    assert.ok(this.producer.backlogBytes <= MIN_RING_BYTES)
    assert.is(this.producer.unpublished, this.unseen.length)
    if (this.unseen.length === 0) assert.is(this.consumer.backlogBytes, this.producer.backlogBytes)
  }

  readAll(): void {
    this.publish()
    while (this.queue.length > 0) this.read()
    this.read()
    assert.is(this.consumer.backlogBytes, 0)
  }

  /** Writes events of one size until they are refused, then markers. */
  private fill(bytes: number): void {
    while (this.writeEvent(bytes));
    while (this.writeMarker());
  }

  private publish(): void {
    this.producer.publish()
    this.seen()
  }

  private seen(): void {
    this.queue.push(...this.unseen.splice(0))
  }

  private writeEvent(bytes: number): boolean {
    const isWritten = this.commitEvent(bytes)
    if (isWritten) this.publish()
    return isWritten
  }

  private commitEvent(bytes: number): boolean {
    const data = String.fromCharCode(97 + (this.number % 26)).repeat(bytes)
    if (commitFields(this.producer, { data }) !== WriteResult.Written) {
      assert.ok(this.isNearlyFull(bytes), 'refused though there was room')
      this.seen()
      return false
    }
    const absent = { name: undefined, channel: undefined, event: undefined, socketId: undefined, userId: undefined }
    const fields = { ...absent, data, extra: undefined }
    this.unseen.push({ kind: 'event', ...HEADER, sequence: this.sequence++, fields })
    return true
  }

  /** Whether an event of so many bytes, which are reserved threefold when few, may be refused. */
  private isNearlyFull(bytes: number): boolean {
    const used = [...this.queue, ...this.unseen].reduce((sum, record) => sum + sizeOf(record), 0)
    const reserved = EVENT_HEADER_BYTES + Math.max(bytes, Math.min(bytes, 2048) * 3)
    const padding = MIN_RING_BYTES / 4
    return used + padding + reserved + padding + MARKER_RESERVE_BYTES > MIN_RING_BYTES
  }

  private writeMarker(): boolean {
    const isWritten = this.producer.writeMarker(this.number)
    this.seen()
    if (isWritten) this.queue.push({ kind: 'marker', marker: this.number })
    return isWritten
  }

  private read(): void {
    assert.equal(readRecord(this.consumer), this.queue.shift() ?? null)
  }
}

function sizeOf(record: ReadRecord): number {
  return record.kind === 'marker' ? MARKER_BYTES : align(EVENT_HEADER_BYTES + (record.fields.data?.length ?? 0))
}

test('behaves as a queue of records, wherever its positions stand', () => {
  fc.assert(
    fc.property(anyStart, fc.array(anyCommand, { maxLength: 60 }), (start, commands) => {
      const checked = new Checked(start)
      for (const command of commands) checked.perform(command)
      checked.readAll()
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

test('a record that was reserved and not committed is not seen', () => {
  const { producer, consumer } = connect(ringAt(MIN_RING_BYTES - 64))
  producer.reserve(1024)
  producer.publish()
  assert.is(readRecord(consumer), null)
})

test('events are seen when they are published, all at once', () => {
  const { producer, consumer } = connect(ringAt(0))
  for (let count = 0; count < 3; count++) commitFields(producer, {})
  const before = consumer.backlogBytes
  producer.publish()
  assert.equal([before, consumer.backlogBytes, producer.unpublished], [0, 3 * EVENT_HEADER_BYTES, 0])
})

test('what was committed is published when the next event finds no room: what is not seen is never given back', () => {
  const { producer, consumer } = connect(ringAt(0))
  while (commitFields(producer, { data: 'x'.repeat(1000) }) === WriteResult.Written);
  assert.equal([consumer.backlogBytes, producer.unpublished], [producer.backlogBytes, 0])
})

test('a marker shows the events before it', () => {
  const { producer, consumer } = connect(ringAt(0))
  commitFields(producer, {})
  producer.writeMarker(1)
  assert.equal([readRecord(consumer)?.kind, readRecord(consumer)?.kind], ['event', 'marker'])
})

test('a consumer at rest is woken when events are published, not before', () => {
  const { producer, consumer, rings } = connect(ringAt(0))
  consumer.arm()
  commitFields(producer, {})
  const before = rings()
  producer.publish()
  assert.equal([before, rings()], [0, 1])
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
