import { ratios, summarise } from '../measure/statistics.js'
import type { CaseResult, EntrantResult, ScenarioResult } from '../results.js'
import type { FigureKind } from '../scenario.js'
import { shown, spread } from './shown.js'
import { table } from './table.js'

/** A figure that is worse by more than this share is called a regression, if three in four pairs say that it is worse. */
const WORSE = 0.05

export type Verdict = 'better' | 'worse' | 'same'

/** A row a figure: here, there, and the one divided by the other, turn by turn. */
export function comparisonTable({ cases, figures }: ScenarioResult, revision: string): string {
  const rows = cases.flatMap((one) =>
    pairsOf(one, revision).flatMap(([here, there]) => figures.flatMap((figure) => row(one, here, there, figure))),
  )
  return table(['', '', 'figure', 'here', revision, 'here ÷ there, by pairs', ''], rows)
}

/** @returns whether the figure has become better or worse by more than its spread lets one expect */
export function verdict({ better }: FigureKind, byPairs: readonly number[]): Verdict {
  const { median, low, high } = summarise(byPairs)
  const isApart = low > 1 || high < 1
  if (better === null || !isApart || Math.abs(median - 1) < WORSE) return 'same'
  return median > 1 === (better === 'more') ? 'better' : 'worse'
}

function pairsOf({ entrants }: CaseResult, revision: string): (readonly [EntrantResult, EntrantResult])[] {
  return entrants.flatMap((here) => {
    const there = entrants.find(({ name }) => name === `${here.name} at ${revision}`)
    return there === undefined ? [] : [[here, there] as const]
  })
}

function row({ title }: CaseResult, here: EntrantResult, there: EntrantResult, figure: FigureKind): string[][] {
  const [now, before] = [here.samples[figure.name] ?? [], there.samples[figure.name] ?? []]
  if (now.length === 0 && before.length === 0) return []
  const byPairs = ratios(now, before)
  const remark = { better: 'better', worse: '**worse**', same: '' }[verdict(figure, byPairs)]
  return [[title, here.name, figure.name, value(now), value(before), ratioOf(byPairs), remark]]
}

function value(samples: readonly number[]): string {
  return samples.length === 0 ? 'failed' : `${shown(summarise(samples).median)}${spread(samples)}`
}

function ratioOf(byPairs: readonly number[]): string {
  const { median, low, high, count } = summarise(byPairs)
  if (Number.isNaN(median)) return '—'
  return count < 2 ? median.toFixed(2) : `${median.toFixed(2)} [${low.toFixed(2)}–${high.toFixed(2)}]`
}
