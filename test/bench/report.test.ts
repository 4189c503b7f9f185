import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { chartsOf } from '../../bench/report/charts.js'
import { comparisonTable, verdict } from '../../bench/report/comparison-table.js'
import { report } from '../../bench/report/report.js'
import { scenarioTable } from '../../bench/report/scenario-table.js'
import {
  type EntrantResult,
  EntrantSamples,
  failuresOf,
  type Results,
  type ScenarioResult,
} from '../../bench/results.js'

const test = suite('bench report')

function entrant(name: string, samples: readonly number[], more: Partial<EntrantResult> = {}): EntrantResult {
  return { name, samples: { 'ns per event': samples }, notes: [], failures: [], ...more }
}

function scenario(entrants: readonly EntrantResult[], over: Partial<ScenarioResult> = {}): ScenarioResult {
  return {
    name: 'hand-over',
    title: 'Hand-over',
    method: 'Carefully.',
    figures: [{ name: 'ns per event', better: 'less', isDrawn: true }],
    axis: null,
    cases: [{ title: '10 apps', at: null, entrants }],
    ...over,
  }
}

function results(scenarios: readonly ScenarioResult[]): Results {
  const machine = { machine: '2 × a processor', node: '20.18.1', commit: 'abc', date: '2026-01-01' }
  return { ...machine, isQuick: false, comparedWith: null, scenarios }
}

const twoOfThem = scenario([entrant('Signpost', [100, 110, 120]), entrant('a peer', [440])])

test('a table has median, quartiles and the number of samples', () => {
  assert.match(scenarioTable(twoOfThem), '| 10 apps | Signpost | 110 [105–115, 3] |')
})

test('a peer has what Signpost comes to when it is divided by it', () => {
  assert.match(scenarioTable(twoOfThem), '|  | a peer | 440 (0.25) |')
})

test('with as many samples the ratio is that of the turns, not of the medians', () => {
  const both = scenario([entrant('Signpost', [100, 220, 150]), entrant('a peer', [200, 400, 500])])
  assert.match(scenarioTable(both), '|  | a peer | 400 (0.50)')
})

test('an entrant without a result has none and says why', () => {
  const failed = scenario([entrant('a peer', [], { notes: ['took 9/s at most'], failures: ['lost one'] })])
  assert.match(
    scenarioTable({ ...failed, cases: [...failed.cases, ...twoOfThem.cases] }),
    'a peer (took 9/s at most; failed 1 times) | — |',
  )
})

test('failures stand at the top', () => {
  const failing = results([scenario([entrant('a peer', [], { failures: ['7 events came\n of 8'] })])])
  assert.match(report(failing, [[]]), '## Failed\n\n- hand-over, 10 apps, a peer: 7 events came of 8')
})

test('every failure is told with its place', () => {
  assert.equal(failuresOf(results([scenario([entrant('a peer', [], { failures: ['a', 'b'] })])])), [
    'hand-over, 10 apps, a peer: a',
    'hand-over, 10 apps, a peer: b',
  ])
})

test('the report shows each chart', () => {
  const [chart] = chartsOf(twoOfThem)
  assert.match(
    report(results([twoOfThem]), [chart === undefined ? [] : [chart]]),
    '](hand-over-ns-per-event-10-apps.svg)',
  )
})

test('cases on an axis are drawn as one line an entrant', () => {
  const at = (where: number) => ({ title: `${where}`, at: where, entrants: [entrant('Signpost', [where])] })
  const charts = chartsOf(scenario([], { axis: { label: 'apps' }, cases: [at(10), at(1000)] }))
  assert.equal(
    charts.map(({ file }) => file),
    ['hand-over-ns-per-event.svg'],
  )
})

test('a comparison has the ratio and calls a regression by its name', () => {
  const both = scenario([entrant('Signpost', [200, 204]), entrant('Signpost at abc', [100, 104])])
  assert.match(
    comparisonTable(both, 'abc'),
    '| ns per event | 202 [201–203, 2] | 102 [101–103, 2] | 1.98 [1.97–1.99] | **worse** |',
  )
})

test('what lies within the spread is no regression', () => {
  assert.is(verdict({ name: '', better: 'less' }, [1.125, 1.5, 0.9, 0.95]), 'same')
})

test('more can be better', () => {
  assert.is(verdict({ name: '', better: 'more' }, [2, 1.9]), 'better')
})

test('what is worse by less than a twentieth is no regression', () => {
  assert.equal(
    [verdict({ name: '', better: 'more' }, [0.96, 0.96]), verdict({ name: '', better: 'more' }, [0.94, 0.94])],
    ['same', 'worse'],
  )
})

test('what only explains is never worse', () => {
  assert.is(verdict({ name: '', better: null }, [2, 1.9]), 'same')
})

test('the samples of all turns come together', () => {
  const samples = new EntrantSamples('Signpost')
  samples.add({ figures: { a: [1, 2] } })
  samples.add({ figures: { a: 3 }, note: 'slow' })
  assert.equal(samples.result, { name: 'Signpost', samples: { a: [1, 2, 3] }, notes: ['slow'], failures: [] })
})

test.run()
