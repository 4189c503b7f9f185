import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SlabId } from '../../src/arena/arena-memory.js'
import { Fifo } from '../../src/collections/fifo.js'

const test = suite('fifo')

const slab = (number: number) => number as SlabId

test('does what an array does, however many pass through it', () => {
  const amounts = fc.array(fc.tuple(fc.nat(1500), fc.nat(1500)), { maxLength: 8 })
  fc.assert(
    fc.property(amounts, (rounds) => {
      const fifo = new Fifo<SlabId>()
      const model: SlabId[] = []
      let next = 0
      for (const [pushed, shifted] of rounds) {
        for (let count = 0; count < pushed; count++) {
          fifo.push(slab(next))
          model.push(slab(next++))
        }
        for (let count = 0; count < shifted; count++) {
          assert.is(fifo.peek(), model[0])
          assert.is(fifo.shift(), model.shift())
        }
        assert.is(fifo.size, model.length)
      }
      assert.equal(fifo.takeAll(), model)
    }),
    { numRuns: 30 },
  )
})

test('is empty after all were taken', () => {
  const fifo = new Fifo<SlabId>()
  fifo.push(slab(1))
  fifo.takeAll()
  assert.equal([fifo.size, fifo.peek()], [0, undefined])
})

test.run()
