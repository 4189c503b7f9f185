import { barChart } from '../../src/plot/bar-chart.js'
import { lineChart } from '../../src/plot/line-chart.js'
import { isSignpost } from '../contenders.js'
import { type CaseResult, medianOf, type ScenarioResult } from '../results.js'
import type { Axis, FigureKind } from '../scenario.js'

export interface Chart {
  readonly file: string
  readonly title: string
  readonly svg: string
}

/** A line chart a figure over the scenario's axis, and a bar chart for each case that is not on it. */
export function chartsOf(scenario: ScenarioResult): Chart[] {
  return scenario.figures.filter(({ isDrawn }) => isDrawn === true).flatMap((figure) => drawn(scenario, figure))
}

function drawn(scenario: ScenarioResult, figure: FigureKind): Chart[] {
  const { axis, cases } = scenario
  const onAxis = axis === null || axis === undefined ? [] : cases.filter(({ at }) => at !== null)
  const lines = axis != null && onAxis.length > 1 ? [overAxis(scenario, figure, axis, onAxis)] : []
  const others = lines.length === 0 ? cases : cases.filter((one) => !onAxis.includes(one))
  return [...lines, ...bars(scenario, figure, others)]
}

function overAxis(
  { name, title }: ScenarioResult,
  figure: FigureKind,
  axis: Axis,
  cases: readonly CaseResult[],
): Chart {
  const names = [...new Set(cases.flatMap(({ entrants }) => entrants.map((entrant) => entrant.name)))]
  const { condition, label } = partsOf(figure.name)
  const heading = [title, axis.of, condition].filter((part) => part !== undefined).join(', ')
  const svg = lineChart({
    title: heading,
    x: { label: axis.label, scale: 'log' },
    y: { label, scale: axis.figureScale ?? 'linear' },
    series: names.map((entrant) => ({
      name: entrant,
      points: cases.flatMap((one) => {
        const value = medianIn(one, entrant, figure.name)
        return one.at === null || value === null ? [] : [[one.at, value] as const]
      }),
    })),
  })
  return { file: fileName(name, figure.name, ''), title: `${figure.name}: ${heading}`, svg }
}

/** One chart a case, or, where every case has one and the same entrant, one chart of all cases. */
function bars({ name, title }: ScenarioResult, figure: FigureKind, cases: readonly CaseResult[]): Chart[] {
  const isOneEach = cases.length > 1 && cases.every(({ entrants }) => entrants.length === 1)
  const groups = isOneEach
    ? [{ heading: '', rows: cases.flatMap((one) => one.entrants.map((entrant) => ({ entrant, label: one.title }))) }]
    : cases.map((one) => ({
        heading: one.title,
        rows: one.entrants.map((entrant) => ({ entrant, label: entrant.name })),
      }))
  return groups.flatMap(({ heading, rows }) => {
    const found = rows.flatMap(({ entrant, label }) => {
      const value = medianOf(entrant, figure.name)
      const [note] = entrant.notes
      const bar = { name: label, emphasised: !isOneEach && isSignpost(entrant.name) }
      return value === null ? [] : [{ ...bar, value, ...(note === undefined ? {} : { note }) }]
    })
    if (found.length === 0) return []
    const whole = heading === '' ? title : `${title}: ${heading}`
    const svg = barChart({ title: whole, value: { label: figure.name }, bars: found })
    return [{ file: fileName(name, figure.name, heading), title: `${figure.name}: ${whole}`, svg }]
  })
}

function medianIn({ entrants }: CaseResult, name: string, figure: string): number | null {
  const entrant = entrants.find((one) => one.name === name)
  return entrant === undefined ? null : medianOf(entrant, figure)
}

/** The vertical label has only so much room: the condition before a figure's colon goes into the title. */
function partsOf(figure: string): { readonly condition: string | undefined; readonly label: string } {
  const at = figure.indexOf(': ')
  return at < 0
    ? { condition: undefined, label: figure }
    : { condition: figure.slice(0, at), label: figure.slice(at + 2) }
}

function fileName(...parts: readonly string[]): string {
  const slug = parts
    .filter((part) => part !== '')
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  return `${slug.replace(/^-|-$/g, '')}.svg`
}
