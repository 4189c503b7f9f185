import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Histogram } from '../../../src/cli/load/histogram.js'

const test = suite('load histogram')

function histogramOf(values: Iterable<number>): Histogram {
  const histogram = new Histogram()
  for (const value of values) histogram.record(value)
  return histogram
}

const oneToThousand = () => histogramOf(Array.from({ length: 1000 }, (_, index) => index + 1))

test('is exact below 256', () => {
  assert.is(histogramOf([3, 7, 255]).quantile(0.5), 7)
})

test('counts the share from the smallest', () => {
  assert.equal(
    [0, 0.1, 0.2].map((share) => oneToThousand().quantile(share)),
    [1, 100, 200],
  )
})

test('has the greatest as its last quantile, exactly', () => {
  assert.is(histogramOf([1, 123_457]).quantile(1), 123_457)
})

test('is empty at first', () => {
  const empty = new Histogram()
  assert.equal([empty.count, empty.max, empty.quantile(0.5)], [0, 0, 0])
})

test('counts what lies outside as the nearest that it has', () => {
  assert.equal([histogramOf([-5]).max, histogramOf([2 ** 40]).max], [0, 2 ** 31 - 1])
})

test('gives away what it has counted and begins again', () => {
  const first = histogramOf([5, 900])
  const sum = new Histogram()
  sum.add(first.take())
  assert.equal([sum.count, sum.max, first.count, first.max], [2, 900, 0, 0])
})

const numbers = fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { minLength: 1 })

test('is never more than 1/128 above the true quantile, and never below', () => {
  fc.assert(
    fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
      const sorted = values.toSorted((a, b) => a - b)
      const exact = sorted[Math.max(Math.ceil(share * values.length - 1e-9), 1) - 1] ?? 0
      const found = histogramOf(values).quantile(share)
      return found >= exact && found <= exact + exact / 128
    }),
  )
})

test('of parts put together is that of the whole', () => {
  fc.assert(
    fc.property(numbers, numbers, (some, others) => {
      const sum = histogramOf(some)
      sum.add(histogramOf(others).take())
      assert.equal(sum, histogramOf([...some, ...others]))
    }),
  )
})

test.run()
