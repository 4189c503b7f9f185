import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Allocator } from '../../src/arena/allocator.js'
import type { SlabId } from '../../src/arena/arena-memory.js'
import { SlabWord } from '../../src/arena/layout.js'
import { slabBytesInUse } from '../arena/support/slab-bytes.js'
import { ActorRig, START_MS } from './support/rig.js'

const test = suite('endpoint buffer')

const EVENT = { name: 'client_event', channel: 'room', data: 'x' }
const DURATION_MS = 50

function numbered(count: number, data = ''): { name: string; channel: string; data: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    name: 'client_event',
    channel: 'room',
    data: `${index}${data}`,
  }))
}

/** Fills and seals a batch of these, and gives its memory back. @returns the bytes that it took at its first event */
function batchOf(rig: ActorRig, events: ReturnType<typeof numbered>): number {
  const [first, ...others] = events
  if (first !== undefined) rig.emit(first)
  const bytes = slabBytesInUse(rig.batches.allocator)
  rig.emit(...others)
  rig.receive({ kind: 'flush' })
  for (const { slab } of rig.submitted.splice(0)) rig.batches.allocator.release(slab)
  return bytes
}

test('takes no memory before its first event', () => {
  assert.is(new ActorRig().batches.allocator.usedBytes, 0)
})

test('seals a batch when it has its most events', () => {
  const rig = new ActorRig({ maxEvents: 3 })
  rig.emit(...numbered(7))
  assert.equal(rig.sizes(), [3, 3])
})

test('seals a batch before an event with which it would be too large', () => {
  const rig = new ActorRig({ maxBytes: 1000 })
  rig.emit(...numbered(20, 'x'.repeat(100)))
  assert.ok(rig.bodies().every((body) => body.length <= 1000 && body.length > 1000 - 250))
})

test('fills a batch to the last byte', () => {
  const only = new ActorRig()
  only.emit(EVENT, EVENT)
  only.receive({ kind: 'flush' })
  const maxBytes = only.bodies()[0]?.length ?? 0
  const rig = new ActorRig({ maxBytes })
  rig.emit(EVENT, EVENT)
  rig.receive({ kind: 'flush' })
  assert.equal(rig.sizes(), [2])
})

test('seals a batch when its first event has waited the duration', () => {
  const rig = new ActorRig({ durationMs: DURATION_MS })
  rig.emit(EVENT)
  rig.pass(DURATION_MS - 1)
  rig.emit(EVENT)
  rig.pass(1)
  assert.equal(rig.sizes(), [2])
})

test('seals nothing before its duration', () => {
  const rig = new ActorRig({ durationMs: DURATION_MS })
  rig.emit(EVENT)
  rig.pass(DURATION_MS - 1)
  assert.equal(rig.sizes(), [])
})

test('counts the time that an event has been on its way', () => {
  const rig = new ActorRig({ durationMs: DURATION_MS })
  rig.write(EVENT)
  rig.nowMs += 30
  rig.drain()
  assert.equal(
    rig.deadlines.map(({ atMs }) => atMs),
    [START_MS + DURATION_MS],
  )
})

test('waits no longer than the duration for an event from the future', () => {
  const rig = new ActorRig({ durationMs: DURATION_MS })
  rig.emit({ ...EVENT, time_ms: START_MS + 9999 })
  assert.equal(
    rig.deadlines.map(({ atMs }) => atMs),
    [START_MS + DURATION_MS],
  )
})

test('sets one deadline a batch', () => {
  const rig = new ActorRig({ maxEvents: 3 })
  rig.emit(...numbered(7))
  assert.is(rig.deadlines.length, 3)
})

test('does nothing at the deadline of a batch that has left', () => {
  const rig = new ActorRig({ maxEvents: 2, durationMs: DURATION_MS })
  rig.emit(EVENT)
  const [stale] = rig.deadlines.splice(0)
  rig.emit(EVENT, EVENT)
  rig.receive({ kind: 'deadline', endpoint: 0, generation: stale?.generation ?? 0 })
  assert.equal(rig.sizes(), [2])
})

test('lets a batch grow while the courier has no room', () => {
  const rig = new ActorRig({ maxEvents: 4, durationMs: DURATION_MS })
  rig.departure = 'soon'
  rig.emit(EVENT)
  rig.pass(DURATION_MS)
  rig.emit(EVENT, EVENT)
  assert.equal([rig.sizes(), rig.told().length], [[], 3])
})

test('seals a batch that is due as soon as the courier has room', () => {
  const rig = new ActorRig({ durationMs: DURATION_MS })
  rig.departure = 'soon'
  rig.emit(EVENT)
  rig.pass(DURATION_MS)
  rig.emit(EVENT)
  rig.departure = 'now'
  rig.receive({ kind: 'settled', endpoint: 0 })
  assert.equal(rig.sizes(), [2])
})

test('keeps a batch that is not due when the courier gets room', () => {
  const rig = new ActorRig()
  rig.emit(EVENT)
  rig.receive({ kind: 'settled', endpoint: 0 })
  assert.equal(rig.sizes(), [])
})

test('seals a batch that is full though the courier has no room', () => {
  const rig = new ActorRig({ maxEvents: 2 })
  rig.departure = 'soon'
  rig.emit(EVENT, EVENT)
  assert.equal(rig.sizes(), [2])
})

test('says why a batch was sealed', () => {
  const rig = new ActorRig({ maxEvents: 2, maxBytes: 600, durationMs: DURATION_MS })
  rig.emit(EVENT, EVENT)
  rig.emit({ ...EVENT, data: 'x'.repeat(400) }, { ...EVENT, data: 'x'.repeat(400) })
  rig.pass(DURATION_MS)
  rig.emit(EVENT)
  rig.receive({ kind: 'flush' })
  const reasons = rig.submitted.map(({ slab }) => rig.batches.slabs.sealedBy(slab))
  assert.equal(reasons, ['events', 'bytes', 'duration', 'flush'])
})

test('notes when the first event was emitted', () => {
  const rig = new ActorRig()
  rig.emit({ ...EVENT, time_ms: START_MS - 7 })
  rig.receive({ kind: 'flush' })
  const times = rig.submitted.map(({ slab }) => rig.batches.slabs.time(slab, SlabWord.FirstEventAt))
  assert.equal(times, [START_MS - 7])
})

test('moves a batch that grows into larger slabs and tells how many bytes it holds', () => {
  const rig = new ActorRig()
  rig.emit(...numbered(40, 'x'.repeat(200)))
  assert.is(rig.heldBytes.get(0), slabBytesInUse(rig.batches.allocator))
})

test('goes on with an open batch that a former thread left', () => {
  const rig = new ActorRig()
  rig.emit(EVENT)
  const next = rig.takeOver()
  next.emit(EVENT)
  next.receive({ kind: 'flush' })
  assert.equal(next.sizes(), [2])
})

test('lets an open batch that a former thread left go when the courier has room', () => {
  const rig = new ActorRig()
  rig.emit(EVENT)
  const next = rig.takeOver()
  next.receive({ kind: 'settled', endpoint: 0 })
  assert.equal(next.sizes(), [1])
})

test('never sends a batch without an event, which a thread may leave that died after opening it', () => {
  const rig = new ActorRig()
  rig.write(EVENT)
  const isolated = rig.batches.open(3, 0, 100, 0, START_MS)
  const next = rig.takeOver()
  next.receive({ kind: 'settled', endpoint: 0 })
  next.drain()
  next.receive({ kind: 'flush' })
  assert.equal([isolated !== null, next.sizes()], [true, [1]])
})

test('gives an open batch without an event back when it is flushed', () => {
  const rig = new ActorRig()
  rig.batches.open(3, 0, 100, 0, START_MS)
  const next = rig.takeOver()
  next.receive({ kind: 'flush' })
  assert.is(next.batches.allocator.usedBytes, 0)
})

test('does not take the event of its newest batch again', () => {
  const rig = new ActorRig()
  rig.write(EVENT)
  const before = rig.snapshot()
  rig.drain()
  const next = rig.takeOver({ ...rig.snapshot(), ring: before.ring })
  next.drain()
  assert.is(next.told().length, 1)
})

test('takes an event that comes half of all sequences after its last', () => {
  const rig = new ActorRig()
  rig.emit(EVENT)
  rig.setSequence(0x9000_0000)
  rig.emit(EVENT)
  assert.is(rig.told().length, 2)
})

test('a batch begins with the memory that the smaller one of the last two needed', () => {
  const rig = new ActorRig()
  const small = numbered(1)
  const large = numbered(50)
  const least = batchOf(rig, small)
  assert.is(batchOf(rig, large), least)
  assert.is(batchOf(rig, large), least)
  const most = batchOf(rig, large)
  assert.ok(most > least)
  assert.is(batchOf(rig, small), most)
  assert.is(batchOf(rig, large), least)
})

/** Takes all memory that slabs of more than `bytes` could be made of. @returns what gives it back */
function takeLargerThan({ batches: { allocator } }: ActorRig, bytes: number): () => void {
  const taken: SlabId[] = []
  // What is left of a block of small slabs would count as room.
  for (const [sizeClass, size] of allocator.memory.sizes.entries()) {
    if (size <= bytes) taken.push(...slabsOf(allocator, sizeClass, 1))
  }
  for (const [sizeClass, size] of allocator.memory.sizes.entries()) {
    if (size > bytes) taken.push(...slabsOf(allocator, sizeClass, Number.POSITIVE_INFINITY))
  }
  return () => {
    for (const slab of taken) allocator.release(slab)
  }
}

function slabsOf(allocator: Allocator, sizeClass: number, most: number): SlabId[] {
  const slabs: SlabId[] = []
  for (let slab = allocator.allocate(sizeClass); slab !== null; slab = allocator.allocate(sizeClass)) {
    slabs.push(slab)
    if (slabs.length >= most) break
  }
  return slabs
}

test('a batch begins with as much of the expected memory as the arena has', () => {
  const rig = new ActorRig()
  const { memory } = rig.batches.allocator
  for (let times = 0; times < 2; times++) batchOf(rig, numbered(99))
  takeLargerThan(rig, 4096)
  rig.emit(EVENT)
  rig.receive({ kind: 'flush' })
  assert.equal(
    rig.submitted.map(({ slab }) => memory.slabBytes(slab)),
    [4096],
  )
})

test('a batch that finds no memory to grow waits for it behind others that leave, and becomes no second small one', () => {
  const rig = new ActorRig()
  rig.departure = 'soon'
  const giveBack = takeLargerThan(rig, 512)
  assert.equal([rig.emit(...numbered(20)), rig.sizes()], ['stalled', []])
  giveBack()
  rig.drain()
  rig.receive({ kind: 'flush' })
  assert.equal(rig.sizes(), [20])
})

for (const departure of ['now', 'late'] as const) {
  test(`a batch that finds no memory to grow is sealed as it is when it would leave ${departure}`, () => {
    const rig = new ActorRig()
    rig.departure = departure
    takeLargerThan(rig, 512)
    assert.is(rig.emit(...numbered(20)), 'done')
    rig.receive({ kind: 'flush' })
    assert.is(rig.told().length, 20)
    assert.ok(rig.submitted.every(({ slab }) => rig.batches.allocator.memory.slabBytes(slab) <= 512))
  })
}

test.run()
