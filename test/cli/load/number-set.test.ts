import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { NumberSet } from '../../../src/cli/load/number-set.js'

const test = suite('NumberSet')

test('tells a number that it has from one that it has not', () => {
  const set = new NumberSet()
  assert.equal([set.add(70_000), set.add(70_000), set.add(4464)], [true, false, true])
})

test('counts what a Set counts', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 300_000 })), (numbers) => {
      const set = new NumberSet()
      for (const number of numbers) set.add(number)
      return set.size === new Set(numbers).size
    }),
  )
})

test.run()
