import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { barChart } from '../../src/plot/bar-chart.js'
import { stackCharts } from '../../src/plot/stack.js'
import { isWellFormed, textsOf } from './markup.js'

const test = suite('stackCharts')

const bars = (title: string, height: number) => barChart({ title, value: { label: 'ms' }, bars: [], height })

test('puts each chart below the one before, in one document', () => {
  const svg = stackCharts([bars('first', 200), bars('second', 300)])
  assert.ok(isWellFormed(svg) && svg.includes('<svg y="200"') && svg.includes('height="500"'))
})

test('stacks stacks', () => {
  const texts = textsOf(stackCharts([stackCharts([bars('first', 200)]), bars('second', 200)]))
  assert.ok(texts.includes('first') && texts.includes('second'))
})

test('takes nothing but charts', () => {
  assert.throws(() => stackCharts(['<p>']), /charts of this folder/)
})

test.run()
