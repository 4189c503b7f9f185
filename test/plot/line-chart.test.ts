import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lineChart, type Series } from '../../src/plot/line-chart.js'
import { isWellFormed, textsOf } from './markup.js'

const test = suite('lineChart')

const chart = (series: readonly Series[]) => ({
  title: 'Latency <by> "percentile" & more',
  x: { label: 'time (s)' },
  y: { label: 'events/s', scale: 'log' as const },
  series,
})
const line = (name: string, ...points: (readonly [number, number])[]): Series => ({ name, points })

test('is a well-formed document with its namespace', () => {
  const svg = lineChart(chart([line('a & b', [0, 1], [1, 100])]))
  assert.ok(svg.startsWith('<svg ') && svg.includes('xmlns="http://www.w3.org/2000/svg"') && isWellFormed(svg))
})

test('writes its title, its axes and the names of its series', () => {
  const texts = textsOf(lineChart(chart([line('a < b', [0, 1], [1, 100])])))
  const wanted = ['Latency &lt;by&gt; &quot;percentile&quot; &amp; more', 'time (s)', 'events/s', 'a &lt; b']
  assert.equal(
    wanted.filter((text) => !texts.includes(text)),
    [],
  )
})

test('writes ticks as its axis wants them', () => {
  const y = { label: 'ms', format: (value: number) => `${value} ms!` }
  const texts = textsOf(lineChart({ ...chart([line('a', [0, 0], [1, 10])]), y }))
  assert.ok(texts.includes('10 ms!'))
})

test('says so when there is no data', () => {
  assert.ok(textsOf(lineChart(chart([]))).includes('no data'))
})

test('draws a single point as a dot', () => {
  assert.match(lineChart(chart([line('a', [3, 7])])), '<circle')
})

test('interrupts a line where a value has no place on its axis', () => {
  const svg = lineChart(chart([line('a', [0, 1], [1, 2], [2, 0], [3, Number.NaN], [4, 5], [5, 6])]))
  assert.is(svg.match(/<path /g)?.length, 2)
})

test('never writes a coordinate that is no number', () => {
  const svg = lineChart(chart([line('a', [Number.NaN, 1], [1, Number.POSITIVE_INFINITY], [2, -5])]))
  assert.not.match(svg, /NaN|Infinity/)
})

test('tells more series apart than there are colours', () => {
  const svg = lineChart(chart(Array.from({ length: 9 }, (_, index) => line(`s${index}`, [0, 1 + index], [1, 2]))))
  const pens = [...svg.matchAll(/<path .*?(stroke="[^"]+").*?(stroke-dasharray="[^"]+")/g)].map(
    ([, ...pen]) => `${pen}`,
  )
  assert.is(new Set(pens).size, 9)
})

test.run()
