import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createScale } from '../../src/plot/scale.js'

const test = suite('scales')
const OPTIONS = { ticks: 6, fromZero: false }

test('a linear scale ends at nice numbers around its values', () => {
  assert.equal(createScale('linear', [3, 97], OPTIONS).ticks, [0, 20, 40, 60, 80, 100])
})

test('a linear scale writes decimals without the errors of doubles', () => {
  assert.equal(createScale('linear', [0, 0.3], { ticks: 3, fromZero: false }).ticks, [0, 0.1, 0.2, 0.3])
})

test('a linear scale starts at zero when it is told to', () => {
  assert.equal(createScale('linear', [90, 100], { ticks: 5, fromZero: true }).ticks, [0, 20, 40, 60, 80, 100])
})

test('a linear scale of one value has it inside', () => {
  assert.is(createScale('linear', [10], OPTIONS).at(10), 0.5)
})

test('a linear scale of values that hardly differ is that of one value', () => {
  const { ticks, at } = createScale('linear', [1e-300, 1.0000000000000002e-300], { ticks: 2, fromZero: false })
  assert.ok(ticks.length <= 5)
  assert.ok(at(1e-300) > 0.2 && at(1e-300) < 0.8)
})

test('a linear scale takes the least of doubles for zero', () => {
  assert.equal(createScale('linear', [0, 5e-324], { ticks: 2, fromZero: false }).ticks, [0, 0.5, 1])
})

test('a linear scale without values goes from 0 to 1', () => {
  assert.equal(createScale('linear', [], { ticks: 2, fromZero: true }).ticks, [0, 0.5, 1])
})

test('a logarithmic scale ticks at powers of ten', () => {
  assert.equal(createScale('log', [0.002, 5000], OPTIONS).ticks, [0.001, 0.1, 10, 1000, 100_000])
})

test('a logarithmic scale over a decade ticks at 1, 2 and 5', () => {
  assert.equal(createScale('log', [10, 100], OPTIONS).ticks, [10, 20, 50, 100])
})

test('a logarithmic scale over less than a decade leaves out what it does not need', () => {
  assert.equal(createScale('log', [12, 18], OPTIONS).ticks, [10, 20])
})

test('a logarithmic scale has no place for zero and less', () => {
  const scale = createScale('log', [-1, 0, 1, 10], OPTIONS)
  assert.equal([scale.has(-1), scale.has(0), scale.has(1)], [false, false, true])
})

test('a decade has the same length wherever it is', () => {
  const scale = createScale('log', [1, 100], { ticks: 2, fromZero: false })
  assert.is(scale.at(10), 0.5)
})

const positive = fc.double({ min: 1e-300, max: 1e300, noNaN: true })
const any = fc.oneof(
  positive,
  positive.map((value) => -value),
  fc.constant(0),
)

for (const name of ['linear', 'log'] as const) {
  test(`every value has its place on a ${name} scale`, () => {
    fc.assert(
      fc.property(fc.array(any), fc.integer({ min: 2, max: 12 }), fc.boolean(), (values, ticks, fromZero) => {
        const scale = createScale(name, values, { ticks, fromZero })
        return values.filter(scale.has).every((value) => scale.at(value) >= -1e-9 && scale.at(value) <= 1 + 1e-9)
      }),
    )
  })

  test(`the ticks of a ${name} scale ascend and are few`, () => {
    fc.assert(
      fc.property(fc.array(any), fc.integer({ min: 2, max: 12 }), (values, count) => {
        const { ticks } = createScale(name, values, { ticks: count, fromZero: false })
        const ascend = ticks.every((tick, index) => index === 0 || tick > (ticks[index - 1] ?? tick))
        return ascend && ticks.length >= 2 && ticks.length <= count + 3
      }),
    )
  })
}

test.run()
