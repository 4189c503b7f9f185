import { eventBytes, writeEventJson } from '../../src/actor/event-json.js'
import { Allocator } from '../../src/arena/allocator.js'
import { ArenaMemory, type SlabId } from '../../src/arena/arena-memory.js'
import { Batches } from '../../src/arena/batches.js'
import { ENVELOPE } from '../../src/arena/body.js'
import { DeliveryIds } from '../../src/arena/delivery-ids.js'
import { arenaShape, createArena } from '../../src/arena/layout.js'
import { EMPTY, RingConsumer } from '../../src/ring/consumer.js'
import { EventView } from '../../src/ring/event-view.js'
import { createRing } from '../../src/ring/layout.js'
import { RingProducer } from '../../src/ring/producer.js'
import { createSigner } from '../../src/signing/schemes.js'
import { unixMs } from '../../src/time/clocks.js'
import { appWithEndpoint } from '../harness/app.js'
import { SAMPLES, type SampleEvent, writeSample } from './sample-events.js'
import { OPERATIONS_PER_RUN, type Task, type Tasks } from './task.js'

const RING_BYTES = 1024 * 1024
const MAX_BODY_BYTES = 256 * 1024
const NOW = 1_700_000_000_000
const COMMA = 0x2c

/** An event's JSON from its record, and what is done once a batch: sealing and signing. */
export const ENCODE_TASKS: Tasks = {
  ...Object.fromEntries(
    Object.entries(SAMPLES).flatMap(([name, events]) => [
      [`encode ${name}`, () => encoding(events)],
      [`measure ${name}`, () => perEvent(events, eventBytes)],
    ]),
  ),
  'seal and sign a batch of 1': () => signing(1),
  'seal and sign a batch of 100': () => signing(100),
}

function encoding(events: readonly SampleEvent[]): Task {
  const target = new DataView(new SharedArrayBuffer(64 * 1024))
  return perEvent(events, (view) => writeEventJson(view, target, 0))
}

function perEvent(events: readonly SampleEvent[], operation: (view: EventView) => number): Task {
  const views = recordsOf(events)
  return {
    run: () => {
      for (let count = 0; count < OPERATIONS_PER_RUN; count++) {
        const view = views[count % views.length]
        if (view !== undefined) operation(view)
      }
    },
  }
}

function signing(events: number): Task {
  const batches = newBatches()
  const slab = batchOf(batches, events)
  const { app } = appWithEndpoint('https://customer.example/')
  const signer = createSigner(app, ['pusher'])
  return {
    run: () => {
      for (let count = 0; count < OPERATIONS_PER_RUN; count++) {
        batches.seal(slab, 'events', NOW)
        signer.sign(batches.body(slab), batches.slabs.deliveryId(slab), unixMs(NOW), [])
      }
    },
  }
}

/** A view for each event; its record stays where it is. */
function recordsOf(events: readonly SampleEvent[]): EventView[] {
  const shared = createRing(RING_BYTES)
  const producer = new RingProducer(shared, () => undefined)
  const consumer = new RingConsumer(shared)
  const { bytes, words, doubles } = consumer.memory
  for (const event of events) writeSample(producer, event)
  const views: EventView[] = []
  for (let offset = consumer.peek(); offset !== EMPTY; offset = consumer.peek()) {
    views.push(new EventView(bytes, words, doubles).read(offset))
    consumer.consume(offset)
  }
  return views
}

function newBatches(): Batches {
  const shape = arenaShape(4 * MAX_BODY_BYTES, MAX_BODY_BYTES)
  return new Batches(new Allocator(new ArenaMemory(createArena(shape), shape)), ENVELOPE, new DeliveryIds())
}

function batchOf(batches: Batches, events: number): SlabId {
  const { slabs, allocator } = batches
  const views = recordsOf(SAMPLES['a client event'])
  const { view: target } = allocator.memory
  const slab = batches.open(1, 1, 100 * 1024, 1, NOW)
  if (slab === null) throw new Error('an empty arena had no room')
  const bodyAt = slabs.bodyAt(slab)
  for (let count = 0; count < events; count++) {
    const view = views[count % views.length]
    if (view === undefined) continue
    let end = bodyAt + slabs.length(slab)
    if (count > 0) target.setUint8(end++, COMMA)
    end = writeEventJson(view, target, end)
    slabs.commit(slab, end - bodyAt, count + 1, count, 0)
  }
  return slab
}
