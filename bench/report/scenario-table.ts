import { isSignpost } from '../contenders.js'
import { median, ratios } from '../measure/statistics.js'
import { type CaseResult, type EntrantResult, medianOf, type ScenarioResult } from '../results.js'
import type { FigureKind } from '../scenario.js'
import { shown, spread } from './shown.js'
import { table } from './table.js'

/** A row an entrant, a column a figure, and beside a peer's figure what Signpost's comes to when it is divided by it. */
export function scenarioTable({ cases, figures }: ScenarioResult): string {
  const isOneEach = cases.every(({ entrants }) => entrants.length === 1)
  const rows = cases.flatMap((one) =>
    one.entrants.map((entrant) => [
      ...(isOneEach ? [one.title] : [one.title, named(entrant)]),
      ...figures.map((figure) => cell(one, entrant, figure)),
    ]),
  )
  return table([...(isOneEach ? [''] : ['', '']), ...figures.map(({ name }) => name)], rows)
}

function named({ name, notes, failures }: EntrantResult): string {
  const remarks = [...notes, ...(failures.length === 0 ? [] : [`failed ${failures.length} times`])]
  return remarks.length === 0 ? name : `${name} (${remarks.join('; ')})`
}

function cell(one: CaseResult, entrant: EntrantResult, { name: figure, better }: FigureKind): string {
  const value = medianOf(entrant, figure)
  if (value === null) return '—'
  const ratio = better === null ? null : ratioOf(one, entrant, figure)
  return `${shown(value)}${ratio === null ? '' : ` (${ratio.toFixed(2)})`}${spread(entrant.samples[figure] ?? [])}`
}

/** Of a case with a base: the entrant's figure divided by it. Of another: Signpost's figure divided by a peer's. By turns, their median. */
function ratioOf({ entrants, base }: CaseResult, entrant: EntrantResult, figure: string): number | null {
  const other = entrants.find(({ name }) => (base === undefined ? isSignpost(name) : name === base))
  if (other === undefined || other === entrant) return null
  if (base === undefined && isSignpost(entrant.name)) return null
  const [own, others] = [entrant.samples[figure] ?? [], other.samples[figure] ?? []]
  const ratio = median(base === undefined ? ratios(others, own) : ratios(own, others))
  return Number.isFinite(ratio) ? ratio : null
}
