import { isSignpost } from '../contenders.js'
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

function cell({ entrants }: CaseResult, entrant: EntrantResult, { name: figure, better }: FigureKind): string {
  const value = medianOf(entrant, figure)
  if (value === null) return '—'
  const ours = entrants.find(({ name }) => isSignpost(name))
  const ourValue = ours === undefined ? null : medianOf(ours, figure)
  const hasRatio = ourValue !== null && better !== null && !isSignpost(entrant.name)
  return `${shown(value)}${hasRatio ? ` (${(ourValue / value).toFixed(2)})` : ''}${spread(entrant.samples[figure] ?? [])}`
}
