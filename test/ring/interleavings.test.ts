// time limit: 240 s

/**
 * The ring's two sides, `RingProducer` and `RingConsumer` themselves, in every order of their atomic steps (see
 * `support/interleavings.ts`). The ring is tiny, so that it fills, wraps and is refused within a few records. Some more
 * control words stand for the messages that the threads send each other: the doorbell, the `drain` notice and the news of a death.
 *
 * That the search would find a fault is shown by planting some: steps left out, and orders of memory that the code forbids.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EMPTY, RingConsumer } from '../../src/ring/consumer.js'
import { WriteResult } from '../../src/ring/event-writer.js'
import { CONTROL_BYTES, Control, Doorbell, MARKER_RESERVE_BYTES } from '../../src/ring/layout.js'
import { RingProducer } from '../../src/ring/producer.js'
import { MARKER_BYTES, Word } from '../../src/ring/record.js'
import { Refusals } from '../../src/router/refusals.js'
import { isLong } from '../support/effort.js'
import { commitFields, readRecord, writeFields } from './support/events.js'
import { type Check, type Exploration, explore, type Faults } from './support/interleavings.js'
import type { Observer, Side } from './support/replay.js'

const test = suite('ring interleavings')

const PRODUCER = 0
const CONSUMER = 1
const TWO_MARKERS = 2 * MARKER_BYTES
/** Each is more than the ring holds; one more makes the search some four times as long. */
const MARKERS = isLong ? 4 : 3
const EVENTS = isLong ? 5 : 4

/** Control words that the ring does not use. `Notices` counts those that were posted: none is lost or overtaken. */
const Message = { Doorbell: 100, Drain: 101, Death: 102, Notices: 103 } as const

/** A ring that was in use before: full of markers with the number 0. */
function ringOf(bytes: number, start = 0): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(CONTROL_BYTES + bytes)
  const former = new RingProducer(shared, () => undefined)
  while (former.writeMarker(0));
  const control = new Int32Array(shared)
  control[Control.Head] = start
  control[Control.Tail] = start
  return shared
}

/** Writes markers 1 to `count`; when one is refused, asks for a drain and waits for it. */
function markers(count: number): Side {
  return writing(count, (ring, number) => ring.writeMarker(number))
}

/** Writes events 1 to `count`, three of which fill the ring. */
function events(count: number): Side {
  return writing(count, (ring, number) => {
    const data = String(number).repeat(ring.maxRecordBytes - 100)
    return writeFields(ring, { data }) === WriteResult.Written
  })
}

/** Writes events 1 to `count` and publishes them only now and then: at the end at the latest. */
function unpublishedEvents(count: number, every: number): Side {
  return writing(count, (ring, number) => {
    const data = String(number).repeat(ring.maxRecordBytes - 100)
    if (commitFields(ring, { data }) !== WriteResult.Written) return false
    if (number % every === 0 || number === count) ring.publish()
    return true
  })
}

function writing(count: number, write: (ring: RingProducer, number: number) => boolean): Side {
  return (shared, { checkpoint }) => {
    const control = new Int32Array(shared)
    const ring = new RingProducer(shared, () => Atomics.store(control, Message.Doorbell, 1))
    for (let number = 1; number <= count; number++) {
      checkpoint(`writes ${number} ${privateState(ring)}`)
      while (!write(ring, number)) {
        ring.wantDrain()
        Atomics.wait(control, Message.Drain, 0)
        Atomics.store(control, Message.Drain, 0)
        checkpoint(`writes ${number} ${privateState(ring)}`)
      }
    }
  }
}

/** The positions that a side keeps for itself; all else of it lies in shared memory. */
function privateState(ring: RingProducer | RingConsumer): string {
  return Object.values(ring)
    .filter((value) => typeof value === 'number')
    .join(' ')
}

/** What the main thread keeps of refusals, as far as the ring is concerned. */
interface RingRefusals {
  ringFull(): void
  drained(): boolean
}

/**
 * A main thread that writes so many markers and leaves out those that are refused. A notice is looked at between two writes or
 * later, as the event loop has it, and does not make it write again. It tells its refusals, and of each drain whether the ring
 * had room then.
 */
function hostWith(refusalsOf: (ring: RingProducer) => RingRefusals, count: number): Side {
  return (shared, { tell, checkpoint }) => {
    const control = new Int32Array(shared)
    const ring = new RingProducer(shared, () => Atomics.store(control, Message.Doorbell, 1))
    const refusals = refusalsOf(ring)
    let seen = 0
    const state = () => `${seen} ${Object.values(refusals).includes(true)} ${privateState(ring)}`
    const hear = () => {
      const isTold = refusals.drained()
      seen += 1
      if (isTold) tell(ring.hasDrained ? 'drain' : 'early drain')
    }
    for (let number = 1; number <= count; number++) {
      checkpoint(`writes ${number} ${state()}`)
      if (!ring.writeMarker(number)) {
        refusals.ringFull()
        tell('refused')
      }
      if (Atomics.load(control, Message.Notices) > seen) hear()
    }
    for (;;) {
      checkpoint(`waits ${state()}`)
      Atomics.wait(control, Message.Notices, seen)
      hear()
    }
  }
}

/** As `reader`, but each notice of a drain is a message. */
const noticingReader: Side = (shared, { checkpoint }) => {
  const control = new Int32Array(shared)
  const ring = new RingConsumer(shared)
  let posted = 0
  for (;;) {
    do checkpoint(`reads ${posted} ${privateState(ring)}`)
    while (STEPS.read(ring, () => undefined))
    if (ring.takeDrain()) {
      posted += 1
      Atomics.store(control, Message.Notices, posted)
    }
    if (!ring.arm()) continue
    Atomics.wait(control, Message.Doorbell, 0)
    Atomics.store(control, Message.Doorbell, 0)
  }
}

/** When all is over, a drain with room has been told after the last refusal. */
const allHear: Check = ([told = []], isOver) =>
  isOver && told.lastIndexOf('refused') > told.lastIndexOf('drain') ? `nothing was heard: ${told}` : null

interface ReaderSteps {
  /** Tells what it reads and gives it back. @returns false: the ring is empty */
  readonly read: (ring: RingConsumer, tell: Observer['tell']) => boolean
  /** @returns whether the doorbell may be waited for */
  readonly arm: (ring: RingConsumer) => boolean
}

const STEPS: ReaderSteps = {
  read(ring, tell) {
    const offset = ring.peek()
    if (offset === EMPTY) return false
    tell(String(ring.memory.words[(offset >>> 2) + Word.Subject]))
    ring.consume(offset)
    return true
  },
  arm: (ring) => ring.arm(),
}

/** Reads for ever, and rests as a shard does that has no batch window to poll in. */
function reader(planted: Partial<ReaderSteps> = {}): Side {
  const { read, arm } = { ...STEPS, ...planted }
  return (shared, { tell, checkpoint }) => {
    const control = new Int32Array(shared)
    const ring = new RingConsumer(shared)
    for (;;) {
      do checkpoint(`reads ${privateState(ring)}`)
      while (read(ring, tell))
      if (ring.takeDrain()) Atomics.store(control, Message.Drain, 1)
      if (!arm(ring)) continue
      Atomics.wait(control, Message.Doorbell, 0)
      Atomics.store(control, Message.Doorbell, 0)
    }
  }
}

function readEvent(ring: RingConsumer, tell: Observer['tell']): boolean {
  const record = readRecord(ring)
  if (record?.kind !== 'event') return false
  const data = record.fields.data ?? ''
  const number = data.charAt(0)
  tell(data === number.repeat(data.length) ? number : `torn: ${data}`)
  return true
}

/** Every record is read once, whole and in order, and both sides come to rest only when all are. */
function allRead(count: number): Check {
  return (told, isOver) => {
    const read = told[CONSUMER] ?? []
    const wrong = read.findIndex((number, index) => number !== String(index + 1))
    if (wrong !== -1) return `record ${wrong + 1} was read as ${read[wrong]}`
    return isOver && read.length < count ? `both sides rest after ${read.length} records of ${count}` : null
  }
}

/** As `allRead`, but the record that the first consumer read last may be read again by the second. */
function allReadBySuccessors(count: number): Check {
  return ([, first = [], second = []], isOver) => {
    const again = second.length > 0 && second[0] === first.at(-1)
    const read = [...first, ...(again ? second.slice(1) : second)]
    return allRead(count)([[], read], isOver)
  }
}

function exploreMarkers(planted: Partial<ReaderSteps>, faults?: Faults, count = 3): Exploration {
  return explore(ringOf(TWO_MARKERS), [markers(count), reader(planted)], allRead(count), faults)
}

for (const [place, start] of [
  ['at its beginning', 0],
  ['where it wraps with padding', 8],
  ['where positions become negative', 2 ** 31 - MARKER_BYTES],
  ['where positions wrap', 2 ** 32 - MARKER_BYTES - 8],
] as const) {
  test(`no order of steps loses or tears a marker ${place}`, () => {
    const { violation } = explore(ringOf(TWO_MARKERS, start), [markers(MARKERS), reader()], allRead(MARKERS))
    assert.is(violation, null)
  })
}

test('no order of steps loses or tears an event', () => {
  const sides = [events(EVENTS), reader({ read: readEvent })]
  const { violation } = explore(ringOf(4 * MARKER_RESERVE_BYTES), sides, allRead(EVENTS))
  assert.is(violation, null)
})

for (const every of [2, 3, 5]) {
  test(`no order of steps loses or tears an event of which ${every} are published together`, () => {
    const sides = [unpublishedEvents(EVENTS, every), reader({ read: readEvent })]
    assert.is(explore(ringOf(4 * MARKER_RESERVE_BYTES), sides, allRead(EVENTS)).violation, null)
  })
}

test('no record is lost when a consumer dies before any of its steps and another takes over', () => {
  const successor: Side = (shared, observer) => {
    const control = new Int32Array(shared)
    Atomics.wait(control, Message.Death, 0)
    Atomics.store(control, Message.Drain, 1)
    reader()(shared, observer)
  }
  const { violation } = explore(ringOf(TWO_MARKERS), [markers(3), reader(), successor], allReadBySuccessors(3), {
    mortal: { side: CONSUMER, word: Message.Death },
  })
  assert.is(violation, null)
})

test('a drain is told after every refusal when there is room, though notices be under way', () => {
  const host = hostWith((ring) => new Refusals(ring, () => 0), 5)
  const { violation } = explore(ringOf(TWO_MARKERS), [host, noticingReader], allHear)
  assert.is(violation, null)
})

test('finds the lost drain of a host that takes any notice for the answer to its last refusal', () => {
  class Forgetful implements RingRefusals {
    private isAwaited = false
    constructor(private readonly askForDrain: () => void) {}

    ringFull(): void {
      this.isAwaited = true
      this.askForDrain()
    }

    drained(): boolean {
      const wasAwaited = this.isAwaited
      this.isAwaited = false
      return wasAwaited
    }
  }
  const forgetful = (ring: RingProducer) => new Forgetful(() => ring.wantDrain())
  const { violation } = explore(ringOf(TWO_MARKERS), [hostWith(forgetful, 5), noticingReader], allHear)
  assert.match(violation?.problem ?? '', 'nothing was heard')
})

test('finds the lost wake-up of a consumer that arms without looking again', () => {
  const armBlindly = ({ memory }: RingConsumer) => {
    Atomics.store(memory.control, Control.Doorbell, Doorbell.Armed)
    return true
  }
  assert.match(exploreMarkers({ arm: armBlindly }).violation?.problem ?? '', 'both sides rest')
})

test('finds the lost wake-up of a consumer that looks before it arms', () => {
  const faults = { lateStore: { side: CONSUMER, word: Control.Doorbell } }
  assert.match(exploreMarkers({}, faults).violation?.problem ?? '', 'both sides rest')
})

test('finds the lost wake-up of a producer that looks at the doorbell before it publishes', () => {
  const faults = { lateStore: { side: PRODUCER, word: Control.Tail } }
  assert.match(exploreMarkers({}, faults).violation?.problem ?? '', 'both sides rest')
})

test('finds the lost drain of a consumer that looks for records only when it has armed', () => {
  const armForRecords = ({ memory, position }: RingConsumer) => {
    Atomics.store(memory.control, Control.Doorbell, Doorbell.Armed)
    if (Atomics.load(memory.control, Control.Tail) === position) return true
    Atomics.compareExchange(memory.control, Control.Doorbell, Doorbell.Armed, Doorbell.Disarmed)
    return false
  }
  assert.match(exploreMarkers({ arm: armForRecords }).violation?.problem ?? '', 'both sides rest')
})

test('finds the lost drain of a producer that looks at the doorbell before it asks', () => {
  const faults = { lateStore: { side: PRODUCER, word: Control.WantDrain } }
  assert.match(exploreMarkers({}, faults).violation?.problem ?? '', 'both sides rest')
})

test('finds the torn record of a producer whose bytes come after its position', () => {
  const faults = { lateData: { side: PRODUCER } }
  assert.match(exploreMarkers({}, faults).violation?.problem ?? '', 'was read as')
})

test('finds the torn record of a consumer that reads what it has given back', () => {
  const readLate: ReaderSteps['read'] = (ring, tell) => {
    const offset = ring.peek()
    if (offset === EMPTY) return false
    ring.consume(offset)
    tell(String(ring.memory.words[(offset >>> 2) + Word.Subject]))
    return true
  }
  assert.match(exploreMarkers({ read: readLate }).violation?.problem ?? '', 'was read as')
})

test.run()
