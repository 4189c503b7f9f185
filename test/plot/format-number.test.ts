import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formatNumber } from '../../src/plot/format-number.js'

const test = suite('formatNumber')

const written: readonly (readonly [value: number, text: string])[] = [
  [0, '0'],
  [0.05, '0.05'],
  [250, '250'],
  [-1500, '-1.5k'],
  [20_000_000, '20M'],
  [3e9, '3G'],
  [1e21, '1e21'],
  [1e-7, '1e-7'],
  [Number.NaN, 'NaN'],
]

for (const [value, text] of written) {
  test(`writes ${value} as ${text}`, () => {
    assert.is(formatNumber(value), text)
  })
}

test.run()
