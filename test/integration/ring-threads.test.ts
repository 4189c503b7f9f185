import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EMPTY, RingConsumer } from '../../src/ring/consumer.js'
import { EventView } from '../../src/ring/event-view.js'
import { writeEvent } from '../../src/ring/event-writer.js'
import { Control, createRing, MIN_RING_BYTES } from '../../src/ring/layout.js'
import { RingProducer } from '../../src/ring/producer.js'
import { RecordKind, Word } from '../../src/ring/record.js'
import {
  channelOf,
  checksum,
  dataOf,
  MARKER_EVERY,
  mix,
  PAUSE_EVERY,
  RECORDS,
  type Shared,
  Signal,
  send,
  waitFor,
} from './ring-records.js'

const test = suite('a ring between two threads')

/** Empty looks before the consumer rests. */
const PATIENCE = 200

function prepare(): Shared {
  const ring = createRing(4 * MIN_RING_BYTES)
  const control = new Int32Array(ring)
  control[Control.Head] = control[Control.Tail] = 2 ** 32 - MIN_RING_BYTES
  return { ring, signals: new Int32Array(new SharedArrayBuffer(8)) }
}

function viewOf({ memory: { bytes, words, doubles } }: RingConsumer): EventView {
  return new EventView(bytes, words, doubles)
}

/** Checksums of the fields of a record, made by writing each kind once. */
class Expectation {
  private readonly producer: RingProducer
  private readonly consumer: RingConsumer
  private readonly known = new Map<string, Map<string, number>>()

  constructor() {
    const ring = createRing(MIN_RING_BYTES)
    this.producer = new RingProducer(ring, () => undefined)
    this.consumer = new RingConsumer(ring)
  }

  checksum(record: number): number {
    const channel = channelOf(record)
    const data = dataOf(record)
    const byData = this.known.get(channel) ?? new Map<string, number>()
    this.known.set(channel, byData)
    const sum = byData.get(data) ?? this.measure(channel, data)
    byData.set(data, sum)
    return sum
  }

  private measure(channel: string, data: string): number {
    writeEvent(this.producer, 0, 1, 0, { channel, data })
    this.producer.publish()
    const offset = this.consumer.peek()
    const { bytes, nameAt, end } = viewOf(this.consumer).read(offset)
    const sum = checksum(bytes, nameAt, end)
    this.consumer.consume(offset)
    return sum
  }
}

/** Reads all records. @returns how many, how often it was at rest, and the first that was not as it should be */
function readAll({ ring, signals }: Shared): { records: number; rests: number; wrong: number | null } {
  const consumer = new RingConsumer(ring)
  const view = viewOf(consumer)
  const { words } = consumer.memory
  const expected = new Expectation()
  const isRight = (offset: number, record: number): boolean => {
    if (((words[(offset >>> 2) + Word.Kind] ?? 0) & 0xff) === RecordKind.Marker) {
      return record % MARKER_EVERY === 0 && words[(offset >>> 2) + Word.Subject] === record
    }
    const { app, timeMs, bytes, nameAt, end } = view.read(offset)
    return app === mix(record) && timeMs === record && checksum(bytes, nameAt, end) === expected.checksum(record)
  }
  let records = 0
  let rests = 0
  let emptyLooks = 0
  while (records < RECORDS) {
    const offset = consumer.peek()
    if (offset !== EMPTY) {
      if (!isRight(offset, records)) return { records, rests, wrong: records }
      consumer.consume(offset)
      records += 1
      emptyLooks = 0
    } else if (++emptyLooks > PATIENCE && consumer.arm()) {
      if (consumer.takeDrain()) send(signals, Signal.Drain)
      rests += 1
      waitFor(signals, Signal.Doorbell)
      continue
    }
    // At every look: while the producer wants a drain `arm` says no, and nobody else would tell it.
    if (consumer.takeDrain()) send(signals, Signal.Drain)
  }
  return { records, rests, wrong: null }
}

test('ten million records arrive in order and unchanged, through many rests', async () => {
  const shared = prepare()
  const worker = new Worker(new URL('./ring-producer.js', import.meta.url), { workerData: shared })
  const exit = once(worker, 'exit')
  await once(worker, 'online')
  const { records, rests, wrong } = readAll(shared)
  if (wrong !== null) await worker.terminate()
  const [status] = await exit
  const restsEnough = rests >= RECORDS / PAUSE_EVERY
  assert.equal({ records, wrong, status, restsEnough }, { records: RECORDS, wrong: null, status: 0, restsEnough: true })
})

test.run()
