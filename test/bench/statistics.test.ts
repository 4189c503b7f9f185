import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { median, quantile, ratios, summarise } from '../../bench/measure/statistics.js'

const test = suite('statistics')
const samples = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1 })

test('the median of an odd number of samples is the middle one', () => {
  assert.is(median([9, 1, 5]), 5)
})

test('the median of an even number of samples lies between the middle two', () => {
  assert.is(median([4, 1, 2, 100]), 3)
})

test('the quartiles are interpolated', () => {
  assert.equal(summarise([1, 2, 3, 4]), { median: 2.5, low: 1.75, high: 3.25, count: 4 })
})

test('without samples nothing is known', () => {
  assert.ok(Number.isNaN(median([])))
})

test('a quantile lies within the samples and grows with its share', () => {
  fc.assert(
    fc.property(samples, (values) => {
      const quantiles = [0, 0.25, 0.5, 0.75, 1].map((share) => quantile(values, share))
      assert.equal([quantiles[0], quantiles.at(-1)], [Math.min(...values), Math.max(...values)])
      assert.ok(quantiles.every((value, index) => index === 0 || value >= (quantiles[index - 1] ?? value) - 1e-6))
    }),
  )
})

test('what slows both of a pair down is not in their ratio', () => {
  const byPairs = ratios([100, 52, 210, 31], [104, 50, 200, 32])
  assert.equal(
    byPairs.map((ratio) => ratio.toFixed(2)),
    ['0.96', '1.04', '1.05', '0.97'],
  )
})

test('where a turn failed the ratio is that of the medians', () => {
  assert.equal(ratios([200, 210, 220], [100, 140]), [1.75])
})

test.run()
