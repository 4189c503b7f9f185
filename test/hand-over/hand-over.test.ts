import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SlabId } from '../../src/arena/arena-memory.js'
import { HandOverConsumer } from '../../src/hand-over/consumer.js'
import { EntryKind, EntryWord, HandOverMemory, HandOverWord, StoreHealth } from '../../src/hand-over/layout.js'
import { SharedShard } from '../storage/support/side.js'

const test = suite('a hand-over')

const slab = (number: number) => number as SlabId

/** A hand-over whose next entry has this position, and both ends. */
function handOverAt(position: number): { readonly shard: SharedShard; readonly consumer: HandOverConsumer } {
  const shard = new SharedShard()
  const { words } = new HandOverMemory(shard.handOver)
  words[HandOverWord.Head] = position
  words[HandOverWord.Tail] = position
  shard.restartShard()
  return { shard, consumer: new HandOverConsumer(shard.handOver) }
}

function readAll(consumer: HandOverConsumer): readonly number[] {
  const slabs: number[] = []
  for (let at = consumer.next(); at !== -1; at = consumer.next()) {
    slabs.push(consumer.memory.words[at + EntryWord.Slab] ?? -1)
  }
  return slabs
}

test('gives entries in their order, with what they say', () => {
  const { shard, consumer } = handOverAt(0)
  const batch = shard.sealed()
  shard.producer.state(batch, 3, 503, 1234.5, 9)
  shard.producer.dead(batch, 17)
  const { words, doubles, bytes } = consumer.memory
  const first = consumer.next()
  const id = bytes.subarray((first + EntryWord.Id) * 4, (first + EntryWord.Id) * 4 + 24)
  assert.equal(
    [words[first], words[first + EntryWord.Attempts], words[first + EntryWord.Status]],
    [EntryKind.State, 3, 503],
  )
  assert.equal([doubles[(first + EntryWord.SpentMs) >>> 1], doubles[(first + EntryWord.NextAt) >>> 1]], [1234.5, 9])
  assert.equal([...id], [...shard.side().idOf(batch)])
  const second = consumer.next()
  assert.equal([words[second], words[second + EntryWord.Generation]], [EntryKind.Dead, 17])
})

for (const position of [0, 60, 2 ** 31 - 3, -3]) {
  test(`takes no more entries than fit, from position ${position} on, and more when some have left`, () => {
    const { shard, consumer } = handOverAt(position)
    const { capacity } = consumer.memory
    for (let number = 0; number < capacity; number++) assert.ok(shard.producer.store(slab(number), 1))
    assert.not(shard.producer.store(slab(99), 1))
    const read = readAll(consumer)
    // Read, and not left: there is no room yet.
    assert.not(shard.producer.store(slab(99), 1))
    consumer.leave()
    assert.ok(shard.producer.store(slab(99), 1))
    assert.equal([read.length, read.at(-1), readAll(consumer)], [capacity, capacity - 1, [99]])
  })
}

test('has entries read again that have not left, by the same storage thread or by another', () => {
  const { shard, consumer } = handOverAt(-2)
  for (const number of [1, 2, 3]) shard.producer.store(slab(number), 1)
  consumer.next()
  consumer.leave()
  readAll(consumer)
  const another = new HandOverConsumer(shard.handOver)
  consumer.rewind()
  assert.equal(
    [readAll(another), readAll(consumer)],
    [
      [2, 3],
      [2, 3],
    ],
  )
})

test('goes on behind its entries when the shard has another thread', () => {
  const { shard, consumer } = handOverAt(5)
  shard.producer.store(slab(1), 1)
  shard.restartShard()
  shard.producer.store(slab(2), 1)
  assert.equal([readAll(consumer), shard.producer.backlog], [[1, 2], 2])
})

test('gives out no seal number and no generation twice, whichever thread asks', () => {
  const { shard } = handOverAt(0)
  const numbers = [shard.producer.nextSeal(), shard.producer.nextGeneration()]
  shard.restartShard()
  assert.equal(
    [shard.producer.nextSeal(), shard.producer.nextGeneration()],
    numbers.map((number) => number + 1),
  )
})

test('makes of a seal number the same seq for both ends, and keeps the first one that a storage thread said', () => {
  const { shard } = handOverAt(0)
  const seal = shard.producer.nextSeal()
  shard.side(1000)
  const { memory } = shard.side(5000).handOver
  assert.equal([memory.seqOf(seal), shard.producer.seqOf(seal), memory.seqOf(-4)], [1000, 1000, 996])
})

test('wakes a storage thread that rests, once', () => {
  const { shard, consumer } = handOverAt(0)
  shard.producer.store(slab(1), 1)
  assert.is(shard.rings, 0)
  readAll(consumer)
  assert.ok(consumer.rest())
  shard.producer.store(slab(2), 1)
  shard.producer.store(slab(3), 1)
  assert.is(shard.rings, 1)
})

test('does not let a storage thread rest that has something to read, or somebody waits for', () => {
  const { shard, consumer } = handOverAt(0)
  shard.producer.store(slab(1), 1)
  const mayRestBefore = consumer.rest()
  readAll(consumer)
  shard.producer.hurry()
  assert.equal([mayRestBefore, consumer.rest(), consumer.takeUrgency(), consumer.rest()], [false, false, true, true])
})

test('notifies a shard that has asked of the next commit, once, and shows each commit', () => {
  const { shard, consumer } = handOverAt(0)
  const before = shard.producer.commits
  assert.not(consumer.committed())
  shard.producer.await()
  assert.equal([consumer.committed(), consumer.committed()], [true, false])
  assert.is(shard.producer.commits - before, 3)
})

test('shows the health of the store, and notifies the shard of a change only', () => {
  const { shard, consumer } = handOverAt(0)
  shard.producer.await()
  assert.equal([consumer.showHealth(StoreHealth.Ok), consumer.showHealth(StoreHealth.Down)], [false, true])
  assert.is(shard.producer.health, StoreHealth.Down)
})

test.run()
