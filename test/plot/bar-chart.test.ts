import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Bar, barChart } from '../../src/plot/bar-chart.js'
import { isWellFormed, textsOf } from './markup.js'

const test = suite('barChart')

const chart = (...bars: readonly Bar[]) => barChart({ title: 'Cost', value: { label: 'ns per event' }, bars })
const drawn = (svg: string) =>
  [...svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g)].map(([, , w]) => Number(w))
const widthOf = (svg: string) => Number(/width="([\d.]+)"/.exec(svg)?.[1])

test('is a well-formed document', () => {
  assert.ok(isWellFormed(chart({ name: 'a<b', value: 1, note: '1 & 2' })))
})

test('writes names, values and notes', () => {
  const texts = textsOf(chart({ name: 'emit', value: 1500, note: '2×', emphasised: true }))
  assert.ok(texts.includes('emit') && texts.includes('1.5k\u00a0\u00a02×'))
})

test('draws bars as long as their values', () => {
  const [first = 0, second = 0] = drawn(chart({ name: 'a', value: 10 }, { name: 'b', value: 40 }))
  assert.ok(Math.abs(second / first - 4) < 0.01)
})

test('grows with the names instead of cutting them off', () => {
  assert.ok(widthOf(chart({ name: 'a very long name '.repeat(10), value: 1 })) > 1000)
})

test('draws nothing for a value without a place on a logarithmic axis', () => {
  const value = { label: 'events/s', scale: 'log' as const }
  const svg = barChart({
    title: '',
    value,
    bars: [
      { name: 'a', value: 0 },
      { name: 'b', value: 100 },
    ],
  })
  assert.is(drawn(svg)[0], 0)
})

test('has no bars when there are none', () => {
  assert.equal(drawn(chart()), [])
})

test.run()
