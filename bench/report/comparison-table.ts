import { summarise } from '../measure/statistics.js'
import type { CaseResult, EntrantResult, ScenarioResult } from '../results.js'
import type { FigureKind } from '../scenario.js'
import { shown, spread } from './shown.js'
import { table } from './table.js'

/** A worse median by this share is called a regression, if the quartiles do not overlap. */
const WORSE = 0.1

export type Verdict = 'better' | 'worse' | 'same'

/** A row a figure: here, there, and the one divided by the other. */
export function comparisonTable({ cases, figures }: ScenarioResult, revision: string): string {
  const rows = cases.flatMap((one) =>
    pairsOf(one, revision).flatMap(([here, there]) => figures.flatMap((figure) => row(one, here, there, figure))),
  )
  return table(['', '', 'figure', 'here', revision, 'here ÷ there', ''], rows)
}

/** @returns whether the figure has become better or worse by more than its spread lets one expect */
export function verdict({ better }: FigureKind, here: readonly number[], there: readonly number[]): Verdict {
  const [now, before] = [summarise(here), summarise(there)]
  const isApart = now.low > before.high || now.high < before.low
  if (better === null || !isApart || Math.abs(now.median / before.median - 1) < WORSE) return 'same'
  return now.median > before.median === (better === 'more') ? 'better' : 'worse'
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
  const ratio = summarise(now).median / summarise(before).median
  const remark = { better: 'better', worse: '**worse**', same: '' }[verdict(figure, now, before)]
  return [
    [title, here.name, figure.name, value(now), value(before), Number.isNaN(ratio) ? '—' : ratio.toFixed(2), remark],
  ]
}

function value(samples: readonly number[]): string {
  return samples.length === 0 ? 'failed' : `${shown(summarise(samples).median)}${spread(samples)}`
}
