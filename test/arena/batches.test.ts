import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SlabId } from '../../src/arena/arena-memory.js'
import type { Batches } from '../../src/arena/batches.js'
import { BARE } from '../../src/arena/body.js'
import { PROGRESS_WORDS, reserveAt, SLAB_HEADER_BYTES, SlabState, SlabWord } from '../../src/arena/layout.js'
import { append, eventsOf, openBatch, TIME_OF_DAY_MS, TINY, tinyBatches } from './support/arenas.js'
import { slabBytesInUse } from './support/slab-bytes.js'

const test = suite('batches')

const FIRST_EVENT_AT = 1_700_000_000_000
const SEALED_AT = 1_700_000_000_050
const ATTEMPT_AT = 1_700_000_000_060
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

function sealed(batches: Batches, events: readonly string[]): SlabId {
  const slab = openBatch(batches, events)
  batches.seal(slab, 'duration', SEALED_AT)
  return slab
}

function dead(batches: Batches, error: string, events = ['{"a":1}']): SlabId {
  const slab = sealed(batches, events)
  batches.startAttempt(slab, ATTEMPT_AT)
  return batches.bury(slab, 500, error, ATTEMPT_AT)
}

/** An event whose JSON has so many bytes. */
function eventOf(bytes: number): string {
  return `"${'x'.repeat(bytes - 2)}"`
}

function grown(batches: Batches, slab: SlabId, bytes: number): SlabId {
  const larger = batches.grow(slab, bytes)
  if (larger === null) throw new Error('the arena has no room for the growth of the test')
  return larger
}

test('a sealed body is the envelope with the time of its seal around its events', () => {
  const batches = tinyBatches()
  const body = batches.body(sealed(batches, ['{"a":1}', '{"b":2}']))
  assert.is(body.toString(), `{"time_ms":${TIME_OF_DAY_MS},"events":[{"a":1},{"b":2}]}`)
})

test('a bare body is its event alone', () => {
  const batches = tinyBatches(BARE)
  assert.is(batches.body(sealed(batches, ['{"a":1}'])).toString(), '{"a":1}')
})

test('a body is a view of shared memory, not a copy', () => {
  const batches = tinyBatches()
  assert.is(batches.body(sealed(batches, ['1'])).buffer, batches.allocator.memory.shared)
})

test('a new batch has a delivery id and no events', () => {
  const batches = tinyBatches()
  const slab = openBatch(batches, [])
  const { slabs } = batches
  assert.equal([slabs.state(slab), slabs.events(slab), UUID.test(slabs.deliveryId(slab))], [SlabState.Open, 0, true])
})

test('a new batch knows nothing of what lay in its slab before', () => {
  const batches = tinyBatches()
  const { slabs } = batches
  const former = dead(batches, 'error')
  batches.allocator.release(former)
  const slab = openBatch(batches, [])
  const words = [SlabWord.Attempts, SlabWord.SealedBy, SlabWord.LastStatus, SlabWord.ErrorBytes]
  const times = [SlabWord.SealedAt, SlabWord.FirstAttemptAt, SlabWord.LastAttemptAt]
  const known = [...words.map((word) => slabs.word(slab, word)), ...times.map((word) => slabs.time(slab, word))]
  assert.equal([slab, ...known], [former, 0, 0, 0, 0, 0, 0, 0])
})

test('a batch keeps its app, its endpoint and the time of its first event', () => {
  const batches = tinyBatches()
  const { slabs } = batches
  const slab = openBatch(batches, [])
  assert.equal(
    [slabs.word(slab, SlabWord.App), slabs.word(slab, SlabWord.Endpoint), slabs.time(slab, SlabWord.FirstEventAt)],
    [3, 5, FIRST_EVENT_AT],
  )
})

test('before its first event the last sequence is the one before, also at 0', () => {
  const batches = tinyBatches()
  assert.is(batches.slabs.lastSequence(openBatch(batches, [], 0)), -1)
})

test('sequences beyond 2³¹ are kept modulo 2³²', () => {
  const batches = tinyBatches()
  assert.is(batches.slabs.lastSequence(openBatch(batches, ['1'], 2 ** 32 - 1)), -1)
})

test('events of either source count for that source alone', () => {
  const batches = tinyBatches()
  const { slabs } = batches
  const slab = openBatch(batches, ['1'], 41)
  slabs.commit(slab, slabs.length(slab), 2, slabs.lastSequence(slab), 7)
  assert.equal([slabs.lastSequence(slab), slabs.lastHeldSequence(slab)], [41, 7])
})

test('what is written and not committed does not count', () => {
  const batches = tinyBatches()
  const { slabs, allocator } = batches
  const slab = openBatch(batches, ['1'])
  allocator.memory.bytes.write(',"torn', slabs.bodyAt(slab) + slabs.length(slab))
  batches.seal(slab, 'flush', SEALED_AT)
  assert.equal(eventsOf(batches.body(slab)), [1])
})

test('a commit leaves the record of the one before untouched', () => {
  const batches = tinyBatches()
  const slab = openBatch(batches, ['1', '2', '3'])
  const { words } = batches.allocator.memory
  const recordsAt = (slab >>> 2) + SlabWord.ProgressRecords
  const record = (at: number) => [...words.subarray(at, at + PROGRESS_WORDS)]
  const both = () => [record(recordsAt), record(recordsAt + PROGRESS_WORDS)]
  const before = both()
  append(batches, slab, '4', 4)
  const changed = both().filter((now, index) => now.join() !== before[index]?.join())
  assert.is(changed.length, 1)
})

test('room is what the body can still take before its end', () => {
  const batches = tinyBatches()
  const slab = openBatch(batches, [])
  append(batches, slab, eventOf(batches.room(slab)), 1)
  batches.seal(slab, 'bytes', SEALED_AT)
  const { memory } = batches.allocator
  assert.equal([batches.bodyLength(slab), batches.room(slab)], [memory.slabBytes(slab) - SLAB_HEADER_BYTES, 0])
})

test('the length with more is what the sealed body then has', () => {
  const batches = tinyBatches()
  const slab = openBatch(batches, ['1'])
  const foretold = batches.slabs.length(slab) + ',22'.length + batches.suffixBytes
  append(batches, slab, '22', 2)
  batches.seal(slab, 'bytes', SEALED_AT)
  assert.is(foretold, batches.body(slab).length)
})

test('a batch opens in a slab that takes the bytes asked for', () => {
  const batches = tinyBatches()
  const rooms = [1, 800, 1024, 3900].map((bytes) => {
    const slab = batches.open(1, 1, bytes, 1, FIRST_EVENT_AT)
    const room = slab === null ? -1 : batches.room(slab)
    if (slab !== null) batches.allocator.release(slab)
    return room >= bytes
  })
  assert.equal(rooms, [true, true, true, true])
})

test('a batch that grows keeps its delivery id, its events and its header', () => {
  const batches = tinyBatches()
  const { slabs } = batches
  const header = (slab: SlabId) => [
    slabs.deliveryId(slab),
    slabs.events(slab),
    slabs.lastSequence(slab),
    slabs.word(slab, SlabWord.Endpoint),
    slabs.time(slab, SlabWord.FirstEventAt),
  ]
  const slab = openBatch(batches, ['1', '2'])
  const before = header(slab)
  assert.equal(header(grown(batches, slab, 1000)), before)
})

test('a batch that has grown takes what it could not', () => {
  const batches = tinyBatches()
  const slab = grown(batches, openBatch(batches, ['1']), 1001)
  append(batches, slab, eventOf(1000), 2)
  batches.seal(slab, 'bytes', SEALED_AT)
  assert.equal(eventsOf(batches.body(slab)), [1, 'x'.repeat(998)])
})

test('growing frees the smaller slab', () => {
  const batches = tinyBatches()
  grown(batches, openBatch(batches, ['1']), 1000)
  assert.is(batches.allocator.usedBytes, 4096)
})

test('a batch that cannot grow stays as it is', () => {
  const batches = tinyBatches()
  const slabs = [1, 2, 3].map(() => openBatch(batches, [eventOf(900)]))
  const [slab] = slabs
  const larger = [batches.open(1, 1, 3000, 1, 0), batches.open(1, 1, 3000, 1, 0)]
  assert.equal([larger.every((other) => other !== null), slab !== undefined && batches.grow(slab, 1000)], [false, null])
})

test('no batch opens in a full arena', () => {
  const batches = tinyBatches()
  for (let opened = 0; opened < 3; opened++) batches.open(1, 1, 3000, 1, FIRST_EVENT_AT)
  assert.is(batches.open(1, 1, 10, 1, FIRST_EVENT_AT), null)
})

test('a seal keeps its reason and its time', () => {
  const batches = tinyBatches()
  const slab = sealed(batches, ['1'])
  const { slabs } = batches
  assert.equal(
    [slabs.state(slab), slabs.sealedBy(slab), slabs.time(slab, SlabWord.SealedAt)],
    [SlabState.Sealed, 'duration', SEALED_AT],
  )
})

test('attempts are counted from 1, the first and the last with their times', () => {
  const batches = tinyBatches()
  const { slabs } = batches
  const slab = sealed(batches, ['1'])
  const first = batches.startAttempt(slab, ATTEMPT_AT)
  batches.putBack(slab, 503)
  const second = batches.startAttempt(slab, ATTEMPT_AT + 9)
  const times = [slabs.time(slab, SlabWord.FirstAttemptAt), slabs.time(slab, SlabWord.LastAttemptAt)]
  assert.equal([first, second, ...times], [1, 2, ATTEMPT_AT, ATTEMPT_AT + 9])
})

test('a batch is in flight during an attempt and sealed after one that failed', () => {
  const batches = tinyBatches()
  const { slabs } = batches
  const slab = sealed(batches, ['1'])
  batches.startAttempt(slab, ATTEMPT_AT)
  const during = slabs.state(slab)
  batches.putBack(slab, 503)
  assert.equal(
    [during, slabs.state(slab), slabs.word(slab, SlabWord.LastStatus)],
    [SlabState.InFlight, SlabState.Sealed, 503],
  )
})

test('a dead letter keeps its body, its error and its status', () => {
  const batches = tinyBatches()
  const { slabs } = batches
  const slab = dead(batches, 'refused: é')
  assert.equal(
    [slabs.state(slab), eventsOf(batches.body(slab)), batches.error(slab), slabs.word(slab, SlabWord.LastStatus)],
    [SlabState.Dead, [{ a: 1 }], 'refused: é', 500],
  )
})

test('an error text is cut to 512 bytes at a whole character', () => {
  const batches = tinyBatches()
  assert.is(batches.error(dead(batches, `x${'é'.repeat(600)}`)), `x${'é'.repeat(255)}`)
})

test('a dead letter moves to a slab with room for its error text, and takes all with it', () => {
  const batches = tinyBatches()
  const { slabs, allocator } = batches
  const slab = sealed(batches, ['{"a":1}'])
  batches.startAttempt(slab, ATTEMPT_AT)
  const whole = () => [...batches.body(slab), slabs.deliveryId(slab), slabs.word(slab, SlabWord.Attempts)]
  const before = whole()
  const grave = batches.bury(slab, 500, 'e'.repeat(300), ATTEMPT_AT)
  const after = [...batches.body(grave), slabs.deliveryId(grave), slabs.word(grave, SlabWord.Attempts)]
  assert.not.equal(grave, slab)
  assert.equal(
    [after, batches.error(grave), slabBytesInUse(allocator)],
    [before, 'e'.repeat(300), allocator.memory.slabBytes(grave)],
  )
})

test('a dead letter whose error text has room stays where it is', () => {
  const batches = tinyBatches()
  const slab = sealed(batches, ['{"a":1}'])
  assert.is(batches.bury(slab, 500, 'error', ATTEMPT_AT), slab)
})

test('a dead letter stays where it is when the arena has no room for another, and its error text is cut', () => {
  const batches = tinyBatches()
  const room = 3
  const [smallest = 0] = batches.allocator.sizes
  const slab = sealed(batches, [eventOf(smallest - SLAB_HEADER_BYTES - batches.overheadBytes - room)])
  while (batches.open(1, 1, 1000, 1, FIRST_EVENT_AT) !== null);
  assert.equal([batches.bury(slab, 500, 'error', ATTEMPT_AT), batches.error(slab)], [slab, 'err'])
})

test('a body that fills a slab of 1 KiB has no larger one for its error text', () => {
  const batches = tinyBatches()
  const body = 1024 - SLAB_HEADER_BYTES - batches.overheadBytes
  assert.is(batches.error(dead(batches, 'error', [eventOf(body - 3)])), 'err')
})

test('a body that fills the last slab of the arena leaves no room for an error text', () => {
  const batches = tinyBatches()
  for (let opened = 0; opened < 2; opened++) batches.open(1, 1, 3000, 1, FIRST_EVENT_AT)
  const slab = dead(batches, 'error', [eventOf(4096 - SLAB_HEADER_BYTES - batches.overheadBytes)])
  const endsAt = slab + SLAB_HEADER_BYTES + batches.bodyLength(slab)
  assert.equal([endsAt, batches.error(slab)], [reserveAt(TINY), ''])
})

test('a revived batch is as if newly sealed, under the same delivery id', () => {
  const batches = tinyBatches()
  const { slabs } = batches
  const slab = dead(batches, 'error')
  const id = slabs.deliveryId(slab)
  batches.revive(slab, ATTEMPT_AT + 1000)
  assert.equal(
    {
      state: slabs.state(slab),
      id: slabs.deliveryId(slab),
      attempts: slabs.word(slab, SlabWord.Attempts),
      firstAttemptAt: slabs.time(slab, SlabWord.FirstAttemptAt),
      sealedAt: slabs.time(slab, SlabWord.SealedAt),
      events: eventsOf(batches.body(slab)),
    },
    { state: SlabState.Sealed, id, attempts: 0, firstAttemptAt: 0, sealedAt: ATTEMPT_AT + 1000, events: [{ a: 1 }] },
  )
})

test.run()
