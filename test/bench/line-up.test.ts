import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lineUp } from '../../bench/line-up.js'
import { entrants, type Scenario } from '../../bench/scenario.js'

const test = suite('bench line-up')

const measure = async () => ({ figures: {} })
const scenario: Scenario = {
  title: 'a race',
  method: '',
  figures: [],
  turns: { full: 2, quick: 1 },
  cases: () => [
    { title: 'with Signpost', entrants: entrants(['Signpost', 'a peer'], measure) },
    { title: 'peers only', entrants: entrants(['a peer'], measure) },
  ],
}
const here = { label: null, folder: 'here' }
const there = { label: 'abc', folder: 'there' }

function namesOf(builds: readonly (typeof here | typeof there)[]): string[] {
  const { cases } = lineUp('race', scenario, { builds, isQuick: false })
  return cases.flatMap(({ subject, runners }) =>
    runners.map(({ name, build }) => `${subject.title}: ${name} (${build})`),
  )
}

test('everybody runs when there is one build', () => {
  assert.equal(namesOf([here]), [
    'with Signpost: Signpost (here)',
    'with Signpost: a peer (here)',
    'peers only: a peer (here)',
  ])
})

test('only Signpost runs when two builds are compared', () => {
  assert.equal(namesOf([here, there]), ['with Signpost: Signpost (here)', 'with Signpost: Signpost at abc (there)'])
})

test('a quick run has fewer turns', () => {
  assert.is(lineUp('race', scenario, { builds: [here], isQuick: true }).turns, 1)
})

test('a comparison has turns enough to tell a regression from noise', () => {
  const turns = [true, false].map((isQuick) => lineUp('race', scenario, { builds: [here, there], isQuick }).turns)
  assert.equal(turns, [3, 11])
})

test.run()
