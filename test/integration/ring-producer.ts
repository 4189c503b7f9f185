/** The thread that writes in `ring-threads.test.ts`. */
import { workerData } from 'node:worker_threads'
import { WriteResult, writeEvent } from '../../src/ring/event-writer.js'
import { Control, Doorbell } from '../../src/ring/layout.js'
import { RingProducer } from '../../src/ring/producer.js'
import {
  channelOf,
  dataOf,
  MARKER_EVERY,
  mix,
  PAUSE_EVERY,
  PUBLISH_EVERY,
  RECORDS,
  type Shared,
  Signal,
  send,
  waitFor,
} from './ring-records.js'

const { ring, signals } = workerData as Shared
const producer = new RingProducer(ring, () => send(signals, Signal.Doorbell))

for (let record = 0; record < RECORDS; record++) {
  if (record % PAUSE_EVERY === 0) while (Atomics.load(producer.memory.control, Control.Doorbell) !== Doorbell.Armed);
  while (!write(record)) {
    producer.wantDrain()
    waitFor(signals, Signal.Drain)
  }
}
producer.publish()

function write(record: number): boolean {
  if (record % MARKER_EVERY === 0) return producer.writeMarker(record)
  const channel = channelOf(record)
  const data = dataOf(record)
  const result = writeEvent(producer, mix(record), 1, record, { channel, data })
  if (result !== WriteResult.Written) return false
  if (record % PUBLISH_EVERY === 0) producer.publish()
  return true
}
