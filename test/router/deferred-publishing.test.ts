import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DeferredPublishing } from '../../src/router/deferred-publishing.js'
import { Turn } from '../../src/router/turn.js'

const test = suite('deferred publishing')

class Producer {
  unpublished = 0
  publications = 0

  publish(): void {
    this.unpublished = 0
    this.publications += 1
  }
}

function rig(count: number) {
  const ends: (() => void)[] = []
  const turn = new Turn((ended) => ends.push(ended))
  const publishing = new DeferredPublishing(turn)
  const producers = Array.from({ length: count }, () => new Producer())
  return {
    producers,
    write: (producer: Producer) => {
      turn.awaitEnd()
      producer.unpublished += 1
      publishing.add(producer)
    },
    endTurn: () => {
      for (const ended of ends.splice(0)) ended()
    },
  }
}

test('publishes sixteen events at once', () => {
  const { producers, write } = rig(1)
  const [producer = new Producer()] = producers
  for (let count = 0; count < 15; count++) write(producer)
  const before = producer.publications
  write(producer)
  assert.equal([before, producer.publications, producer.unpublished], [0, 1, 0])
})

test('publishes what is left at the end of the turn, and nothing for those that have nothing left', () => {
  const { producers, write, endTurn } = rig(2)
  const [one = new Producer(), other = new Producer()] = producers
  for (let count = 0; count < 19; count++) write(one)
  for (let count = 0; count < 16; count++) write(other)
  endTurn()
  assert.equal(
    producers.map(({ publications, unpublished }) => [publications, unpublished]),
    [
      [2, 0],
      [1, 0],
    ],
  )
})

test('keeps nothing back for long, whatever is written where, by others too', () => {
  const anyStep = fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('write' as const), to: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('publish' as const), to: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const), to: fc.nat(2) }) },
  )
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 100 }), (steps) => {
      const { producers, write, endTurn } = rig(3)
      for (const { kind, to } of steps) {
        const producer = producers[to] ?? new Producer()
        if (kind === 'write') write(producer)
        else if (kind === 'publish') producer.publish()
        else {
          endTurn()
          assert.ok(producers.every(({ unpublished }) => unpublished === 0))
        }
        assert.ok(producers.every(({ unpublished }) => unpublished < 16))
      }
    }),
  )
})

test.run()
