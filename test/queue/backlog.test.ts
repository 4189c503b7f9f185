import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { SlabId } from '../../src/arena/arena-memory.js'
import { Backlog } from '../../src/queue/backlog.js'

const test = suite('backlog')

const slab = (number: number) => number as SlabId

test('does what an array does, however many pass through it', () => {
  const amounts = fc.array(fc.tuple(fc.nat(1500), fc.nat(1500)), { maxLength: 8 })
  fc.assert(
    fc.property(amounts, (rounds) => {
      const backlog = new Backlog()
      const model: SlabId[] = []
      let next = 0
      for (const [pushed, shifted] of rounds) {
        for (let count = 0; count < pushed; count++) {
          backlog.push(slab(next))
          model.push(slab(next++))
        }
        for (let count = 0; count < shifted; count++) {
          assert.is(backlog.peek(), model[0])
          assert.is(backlog.shift(), model.shift())
        }
        assert.is(backlog.size, model.length)
      }
      assert.equal(backlog.takeAll(), model)
    }),
    { numRuns: 30 },
  )
})

test('is empty after all were taken', () => {
  const backlog = new Backlog()
  backlog.push(slab(1))
  backlog.takeAll()
  assert.equal([backlog.size, backlog.peek()], [0, undefined])
})

test.run()
