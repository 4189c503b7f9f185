import { Bench } from 'tinybench'
import { EMPTY, RingConsumer } from '../src/ring/consumer.js'
import { EventView } from '../src/ring/event-view.js'
import { createRing } from '../src/ring/layout.js'
import { RingProducer } from '../src/ring/producer.js'
import { OPERATIONS_PER_RUN } from './operations.js'
import { SAMPLES, type SampleEvent, writeSample } from './sample-events.js'

const RING_BYTES = 4 * 1024 * 1024

/** Writing and reading events: the part of `emit` after the interest check, and what a shard does first. */
export function ringBench(): Bench {
  const bench = new Bench({ name: 'ring', time: 500, warmupTime: 100 })
  for (const [name, events] of Object.entries(SAMPLES)) addTasks(bench, name, events)
  return bench
}

function addTasks(bench: Bench, name: string, events: readonly SampleEvent[]): void {
  const shared = createRing(RING_BYTES)
  const producer = new RingProducer(shared, () => undefined)
  const consumer = new RingConsumer(shared)
  const { bytes, words, doubles } = consumer.memory
  const view = new EventView(bytes, words, doubles)
  const read = () => {
    let fieldBytes = 0
    for (let offset = consumer.peek(); offset !== EMPTY; offset = consumer.peek()) {
      const { nameAt, end } = view.read(offset)
      fieldBytes += end - nameAt
      consumer.consume(offset)
    }
    return fieldBytes
  }
  const write = () => {
    for (let count = 0; count < OPERATIONS_PER_RUN; count++) {
      const event = events[count % events.length]
      if (event !== undefined) writeSample(producer, event)
    }
  }
  bench.add(`write ${name}`, write, { beforeEach: () => void read() })
  bench.add(`read ${name}`, read, {
    beforeEach: () => {
      read()
      write()
    },
  })
}
