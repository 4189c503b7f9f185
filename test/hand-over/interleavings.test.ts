// time limit: 240 s

/**
 * Both ends of a hand-over, `HandOverProducer` and `HandOverConsumer` themselves, in every order of their atomic steps (see
 * `ring/support/interleavings.ts`): nobody rests for ever. Two more words of the header stand for the messages that the threads send
 * each other. That the search would find a fault is shown by planting some.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ArenaMemory, type SlabId } from '../../src/arena/arena-memory.js'
import { createArena } from '../../src/arena/layout.js'
import { HandOverConsumer } from '../../src/hand-over/consumer.js'
import { createHandOver, EntryWord, HandOverMemory, HandOverWord } from '../../src/hand-over/layout.js'
import { HandOverProducer } from '../../src/hand-over/producer.js'
import { TINY } from '../arena/support/arenas.js'
import { type Exploration, explore } from '../ring/support/interleavings.js'
import type { Side } from '../ring/support/replay.js'

const test = suite('hand-over interleavings')

/** Words of the header that a hand-over does not use. */
const Message = { Doorbell: 60, Stored: 61 } as const

const arena = new ArenaMemory(createArena(TINY), TINY)

/** A hand-over where the next entries lie behind the words that count as control words, and wrap around 2³². */
function handOver(): SharedArrayBuffer {
  const shared = createHandOver(64)
  const { words } = new HandOverMemory(shared)
  words[HandOverWord.Head] = -1
  words[HandOverWord.Tail] = -1
  return shared
}

const producerOf = (shared: SharedArrayBuffer, control: Int32Array) =>
  new HandOverProducer(shared, arena, () => Atomics.store(control, Message.Doorbell, 1))

/** A shard that hands slabs over and rests until all of them are stored. @param rest whether it may rest */
function shard(count: number, rest: (producer: HandOverProducer, seen: number) => boolean): Side {
  return (shared, { tell }) => {
    const control = new Int32Array(shared)
    const producer = producerOf(shared, control)
    for (let slab = 1; slab <= count; slab++) producer.store(slab as SlabId, 7)
    for (;;) {
      const seen = producer.commits
      if (producer.backlog === 0) break
      if (!rest(producer, seen)) continue
      Atomics.wait(control, Message.Stored, 0)
      Atomics.store(control, Message.Stored, 0)
    }
    tell('all stored')
  }
}

const restShard = (producer: HandOverProducer, seen: number): boolean => {
  producer.await()
  return seen === producer.commits
}

/** A storage thread that stores so many entries, one at a time, and rests in between. */
function storage(count: number, rest: (consumer: HandOverConsumer) => boolean): Side {
  return (shared, { tell }) => {
    const control = new Int32Array(shared)
    const consumer = new HandOverConsumer(shared)
    for (let stored = 0; stored < count; ) {
      const at = consumer.next()
      if (at !== -1) {
        tell(String(consumer.memory.words[at + EntryWord.Slab]))
        consumer.leave()
        if (consumer.committed()) Atomics.store(control, Message.Stored, 1)
        stored += 1
      } else if (rest(consumer)) {
        Atomics.wait(control, Message.Doorbell, 0)
        Atomics.store(control, Message.Doorbell, 0)
        consumer.stir()
      }
    }
  }
}

const restStorage = (consumer: HandOverConsumer): boolean => consumer.rest()

const run = (count: number, restOfShard = restShard, restOfStorage = restStorage): Exploration => {
  return explore(handOver(), [shard(count, restOfShard), storage(count, restOfStorage)], (told, isOver) => {
    if (!isOver) return null
    const [shardTold = [], storageTold = []] = told
    if (shardTold.length === 0) return 'the shard rests for ever'
    return storageTold.join() === Array.from({ length: count }, (_, index) => index + 1).join()
      ? null
      : 'an entry is lost'
  })
}

test('lose no entry and no wake-up', () => {
  const { states, violation } = run(2)
  assert.is(violation, null)
  assert.ok(states > 100)
})

test('would show a storage thread that rests without a look at the ring', () => {
  const careless = (consumer: HandOverConsumer): boolean => {
    Atomics.store(consumer.memory.words, HandOverWord.Resting, 1)
    return true
  }
  assert.is(run(1, restShard, careless).violation?.problem, 'the shard rests for ever')
})

test('would show a shard that rests without a look at the commits', () => {
  const careless = (producer: HandOverProducer): boolean => {
    producer.await()
    return true
  }
  assert.is(run(1, careless).violation?.problem, 'the shard rests for ever')
})

test.run()
