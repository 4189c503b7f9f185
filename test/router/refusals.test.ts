import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { RingConsumer } from '../../src/ring/consumer.js'
import { BOARD_WORDS, createRing, MIN_RING_BYTES } from '../../src/ring/layout.js'
import { RingProducer } from '../../src/ring/producer.js'
import { Refusals } from '../../src/router/refusals.js'

const test = suite('refusals')

const BLOCKED = 1 << 3

/** A ring, who was refused by it, and the board. */
function rig() {
  const shared = createRing(MIN_RING_BYTES)
  const producer = new RingProducer(shared, () => undefined)
  const consumer = new RingConsumer(shared)
  const board = new Map<number, number>()
  const refusals = new Refusals(producer, (app) => board.get(app) ?? 0)
  return {
    refusals,
    board,
    /** Writes until the ring refuses. */
    fill() {
      while (producer.writeMarker(0));
      refusals.ringFull()
    },
    /** Reads all there is. @returns whether the shard has posted a notice of room */
    read() {
      for (let offset = consumer.peek(); offset !== -1; offset = consumer.peek()) consumer.consume(offset)
      return consumer.takeDrain()
    },
  }
}

test('nobody hears of room who was not refused', () => {
  const { refusals } = rig()
  assert.equal([refusals.drained(), refusals.relieved(0), refusals.restarted()], [false, false, false])
})

test('room in the ring is told once', () => {
  const { refusals, fill, read } = rig()
  fill()
  read()
  assert.equal([refusals.drained(), refusals.drained()], [true, false])
})

test('a notice that was under way at a newer refusal is told, and another follows', () => {
  const { refusals, fill, read } = rig()
  fill()
  const wasPosted = read()
  fill()
  const early = refusals.drained()
  const isPostedAgain = read()
  assert.equal([wasPosted, early, isPostedAgain, refusals.drained()], [true, true, true, true])
})

test('a wish that the shard has taken up before the notice is looked at is made again', () => {
  const { refusals, fill, read } = rig()
  fill()
  read()
  fill()
  read()
  fill()
  refusals.drained()
  assert.equal([read(), refusals.drained()], [true, true])
})

test('relief is told to the app that was refused alone', () => {
  const { refusals } = rig()
  refusals.endpointsFull(1)
  assert.equal([refusals.relieved(2), refusals.relieved(1), refusals.relieved(1)], [false, true, false])
})

test('a relief of an app that is blocked again is told, and the next one too', () => {
  const { refusals, board } = rig()
  board.set(1, BLOCKED)
  refusals.endpointsFull(1)
  const early = refusals.relieved(1)
  board.set(1, 0)
  assert.equal([early, refusals.relieved(1)], [true, true])
})

test('apps that share a word of the board hear of room together', () => {
  const { refusals } = rig()
  refusals.endpointsFull(1 + BOARD_WORDS)
  assert.is(refusals.relieved(1), true)
})

test('a restart is told to who was refused, and ends the waiting where there is room', () => {
  const { refusals, fill, read } = rig()
  fill()
  refusals.endpointsFull(1)
  read()
  assert.equal([refusals.restarted(), refusals.drained(), refusals.relieved(1)], [true, false, false])
})

test('a restart without room is told, and room later too', () => {
  const { refusals, board, fill, read } = rig()
  fill()
  board.set(1, BLOCKED)
  refusals.endpointsFull(1)
  const atRestart = refusals.restarted()
  board.set(1, 0)
  assert.equal([atRestart, read(), refusals.drained(), refusals.relieved(1)], [true, true, true, true])
})

test('a notice that died with its thread is made up for at the restart', () => {
  const { refusals, fill, read } = rig()
  fill()
  read()
  fill()
  read()
  assert.equal([refusals.restarted(), refusals.drained()], [true, false])
})

test.run()
