import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Received } from '../../src/actor/received.js'
import { Reserve } from '../../src/gather/reserve.js'
import { EMPTY, RingConsumer } from '../../src/ring/consumer.js'
import { EventView } from '../../src/ring/event-view.js'
import { writeEvent } from '../../src/ring/event-writer.js'
import { createRing, MIN_RING_BYTES } from '../../src/ring/layout.js'
import { RingProducer } from '../../src/ring/producer.js'
import { RecordLog } from '../../src/ring/record-log.js'

const test = suite('the reserve')

const CAPACITY = 4096
const HEADER_BYTES = 128

interface Told {
  readonly app: number
  readonly channel: string
}

/** A reserve of 4 KiB, and apps that have room or have not. */
class Rig {
  readonly told: Told[] = []
  readonly givenUp: string[] = []
  readonly changes: number[] = []
  /** Apps that have no room. */
  readonly full = new Set<number>()
  releases = 0
  count = 0
  reserve: Reserve
  private readonly ring = createRing(MIN_RING_BYTES)
  private readonly producer = new RingProducer(this.ring, () => undefined)
  private readonly consumer = new RingConsumer(this.ring)

  constructor(readonly shared = new SharedArrayBuffer(HEADER_BYTES + CAPACITY)) {
    this.reserve = this.open()
  }

  /** Another thread takes over. */
  open(): Reserve {
    this.count = 0
    const rig = this
    const reserve = new Reserve(new RecordLog(this.shared, 0, HEADER_BYTES, CAPACITY), {
      tell: (event) => this.tell(event),
      giveUp: (event) => {
        this.givenUp.push(event.channel)
        return 'done'
      },
      makeRoom: () => false,
      get releases() {
        return rig.releases
      },
      changed: (app) => this.changes.push(app),
      count: (records) => {
        this.count += records
      },
    })
    reserve.recover()
    this.reserve = reserve
    return reserve
  }

  /** Sets an event of the app aside. @returns whether there was room */
  add(app: number, channel: string, deaths = 0): boolean {
    return this.withEvent(app, channel, (event) => this.reserve.add(event, deaths))
  }

  withEvent<Result>(app: number, channel: string, use: (event: EventView) => Result): Result {
    const { bytes, words, doubles } = this.consumer.memory
    writeEvent(this.producer, app, 1, 0, { channel })
    this.producer.publish()
    const offset = this.consumer.peek()
    if (offset === EMPTY) throw new Error('the event of the test is not in the ring')
    const result = use(new EventView(bytes, words, doubles).read(offset))
    this.consumer.consume(offset)
    return result
  }

  replay(): void {
    this.releases += 1
    while (this.reserve.isWorthATry) this.reserve.replay(0)
  }

  /** What a thread that takes over now would tell, if all had room. */
  waiting(shared = this.shared): Told[] {
    const later = new Rig(shared.slice(0))
    later.replay()
    return later.told
  }

  private tell(event: EventView): Received {
    if (this.full.has(event.app)) return 'stalled'
    this.told.push({ app: event.app, channel: event.channel })
    return 'done'
  }
}

test('tells an app what was set aside, in its order', () => {
  const rig = new Rig()
  for (const channel of ['a', 'b', 'c']) rig.add(1, channel)
  rig.replay()
  assert.equal([rig.told.map(({ channel }) => channel), rig.reserve.isEmpty, rig.count], [['a', 'b', 'c'], true, 0])
})

test('holds an app until its last record is gone, and tells when that begins and ends', () => {
  const rig = new Rig()
  rig.full.add(1)
  rig.add(1, 'a')
  rig.replay()
  const whileFull = [rig.reserve.holds(1), rig.reserve.holds(2)]
  rig.full.delete(1)
  rig.replay()
  assert.equal([whileFull, rig.reserve.holds(1), rig.changes], [[true, false], false, [1, 1]])
})

test('does not try again before memory has become free', () => {
  const rig = new Rig()
  rig.full.add(1)
  rig.add(1, 'a')
  rig.replay()
  assert.is(rig.reserve.isWorthATry, false)
})

test('tries an app again when it is told to, though no memory has become free', () => {
  const rig = new Rig()
  for (const app of [1, 2, 3]) {
    rig.full.add(app)
    rig.add(app, `of ${app}`)
  }
  rig.replay()
  rig.full.delete(2)
  rig.reserve.retry(2)
  rig.reserve.retry(9)
  const isWorthATry = rig.reserve.isWorthATry
  rig.reserve.replay(0)
  assert.equal(
    [isWorthATry, rig.told.map(({ channel }) => channel), rig.reserve.isWorthATry, [...rig.reserve.apps]],
    [true, ['of 2'], false, [1, 3]],
  )
})

test('tries an app without room once when it is told to, and again when memory has become free', () => {
  const rig = new Rig()
  rig.full.add(1)
  rig.add(1, 'a')
  rig.replay()
  rig.reserve.retry(1)
  rig.reserve.replay(0)
  assert.equal([rig.reserve.holds(1), rig.reserve.isWorthATry], [true, false])
  rig.full.delete(1)
  rig.replay()
  assert.ok(rig.reserve.isEmpty)
})

test('keeps what belongs behind the records of an app behind them', () => {
  const rig = new Rig()
  rig.add(1, 'a')
  rig.reserve.defer(1, () => {
    rig.told.push({ app: 1, channel: 'change' })
    return true
  })
  rig.add(1, 'b')
  rig.replay()
  assert.equal(
    rig.told.map(({ channel }) => channel),
    ['a', 'change', 'b'],
  )
})

test('a record that threads have died at three times is given up', () => {
  const rig = new Rig()
  rig.add(1, 'deadly')
  rig.add(1, 'next')
  for (let death = 0; death < 3; death++) {
    rig.reserve.defer(0, () => true)
    const { told } = rig
    const push = told.push
    told.push = () => {
      throw new Error('the thread dies')
    }
    assert.throws(() => rig.replay(), 'the thread dies')
    told.push = push
    rig.open()
  }
  rig.replay()
  assert.equal([rig.givenUp, rig.told.map(({ channel }) => channel)], [['deadly'], ['next']])
})

test('a record that had killed its threads in the ring is given up', () => {
  const rig = new Rig()
  rig.add(1, 'deadly', 3)
  rig.replay()
  assert.equal([rig.givenUp, rig.told], [['deadly'], []])
})

test('knows the record that was set aside last of an app', () => {
  const rig = new Rig()
  const known = rig.withEvent(1, 'a', (event) => {
    rig.reserve.add(event, 0)
    return rig.open().has(event)
  })
  assert.equal([known, rig.withEvent(1, 'b', (event) => rig.reserve.has(event))], [true, false])
})

test('holds as many bytes as a ring of its size, wherever it has been before', () => {
  const rig = new Rig()
  const fill = () => {
    let records = 0
    while (rig.add(1, 'x'.repeat(80))) records += 1
    rig.replay()
    return records
  }
  rig.add(1, 'odd')
  rig.replay()
  assert.equal([fill(), fill()], [CAPACITY / 128, CAPACITY / 128])
})

test('one record that waits for long keeps no room from others', () => {
  const rig = new Rig()
  rig.full.add(1)
  rig.add(1, 'stays')
  let refused = 0
  for (let event = 0; event < 1000; event++) {
    if (!rig.add(2, `room-${event}`)) refused += 1
    rig.replay()
  }
  assert.equal([refused, rig.told.length], [0, 1000])
})

type Step = { readonly kind: 'add' | 'fill' | 'drain'; readonly app: number; readonly size: number }

const anyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('add' as const, 'add' as const, 'fill' as const, 'drain' as const),
  app: fc.nat(2),
  size: fc.nat(900),
})

/** Notes what the memory was before each atomic store to it. */
function withMemories(shared: SharedArrayBuffer, run: () => void): SharedArrayBuffer[] {
  const memories: SharedArrayBuffer[] = []
  const { store } = Atomics
  Object.assign(Atomics, {
    store: (array: Int32Array, index: number, value: number) => {
      if (array.buffer === shared) memories.push(shared.slice(0))
      return store(array, index, value)
    },
  })
  try {
    run()
  } finally {
    Object.assign(Atomics, { store })
  }
  return memories
}

function ofApp(told: readonly Told[], app: number): string[] {
  return told.filter((each) => each.app === app).map(({ channel }) => channel)
}

test('loses nothing, tells nothing twice and keeps the order of each app, though its thread dies between any two stores', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60, size: 'max' }), (steps) => {
      const rig = new Rig()
      const accepted: Told[] = []
      for (const app of [0, 1, 2]) rig.full.add(app)
      for (const [index, { kind, app, size }] of steps.entries()) {
        const channel = `${index}-${'x'.repeat(size)}`
        const before = rig.waiting()
        const memories = withMemories(rig.shared, () => {
          if (perform(rig, kind, app, channel)) accepted.push({ app, channel })
        })
        const after = rig.waiting()
        for (const memory of memories) assert.ok(isBetween(before, rig.waiting(memory), after))
        rig.open()
      }
      rig.full.clear()
      rig.replay()
      for (const app of [0, 1, 2]) assert.equal(ofApp(rig.told, app), ofApp(accepted, app))
    }),
    { numRuns: 60 },
  )
})

/** Adds a record, or tells what there is room for then. @returns whether a record was added */
function perform(rig: Rig, kind: Step['kind'], app: number, channel: string): boolean {
  if (kind === 'add') return rig.add(app, channel)
  if (kind === 'fill') rig.full.add(app)
  else rig.full.delete(app)
  rig.replay()
  return false
}

function isBetween(before: readonly Told[], found: readonly Told[], after: readonly Told[]): boolean {
  return [0, 1, 2].every((app) => isBetweenOfApp(ofApp(before, app), ofApp(found, app), ofApp(after, app)))
}

/** Records may have been added at the end, or have gone from the front, one by one. */
function isBetweenOfApp(before: readonly string[], found: readonly string[], after: readonly string[]): boolean {
  const all = [...before, ...after.filter((channel) => !before.includes(channel))]
  const first = found.length === 0 ? 0 : all.indexOf(found[0] ?? '')
  const isWhole = found.length >= Math.min(before.length, after.length)
  return isWhole && found.every((channel, index) => all[first + index] === channel)
}

test.run()
