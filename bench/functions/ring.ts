import { EMPTY, RingConsumer } from '../../src/ring/consumer.js'
import { EventView } from '../../src/ring/event-view.js'
import { createRing } from '../../src/ring/layout.js'
import { RingProducer } from '../../src/ring/producer.js'
import { SAMPLES, type SampleEvent, writeSample } from './sample-events.js'
import { OPERATIONS_PER_RUN, type Task, type Tasks } from './task.js'

const RING_BYTES = 4 * 1024 * 1024

/** Writing and reading events: the part of `emit` after the interest check, and what a shard does first. */
export const RING_TASKS: Tasks = Object.fromEntries(
  Object.entries(SAMPLES).flatMap(([name, events]) => [
    [`write ${name}`, () => writing(events)],
    [`read ${name}`, () => reading(events)],
  ]),
)

function writing(events: readonly SampleEvent[]): Task {
  const { read, write } = newRing(events)
  return { run: write, before: read }
}

function reading(events: readonly SampleEvent[]): Task {
  const { read, write } = newRing(events)
  return {
    run: read,
    before: () => {
      read()
      write()
    },
  }
}

function newRing(events: readonly SampleEvent[]): { readonly read: () => void; readonly write: () => void } {
  const shared = createRing(RING_BYTES)
  const producer = new RingProducer(shared, () => undefined)
  const consumer = new RingConsumer(shared)
  const { bytes, words, doubles } = consumer.memory
  const view = new EventView(bytes, words, doubles)
  return {
    read: () => {
      for (let offset = consumer.peek(); offset !== EMPTY; offset = consumer.peek()) {
        view.read(offset)
        consumer.consume(offset)
      }
    },
    write: () => {
      for (let count = 0; count < OPERATIONS_PER_RUN; count++) {
        const event = events[count % events.length]
        if (event !== undefined) writeSample(producer, event)
      }
    },
  }
}
