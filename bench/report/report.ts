import { failuresOf, type Results } from '../results.js'
import type { Chart } from './charts.js'
import { comparisonTable } from './comparison-table.js'
import { scenarioTable } from './scenario-table.js'

/** The whole report as Markdown. @param charts those of each scenario, in the order of the scenarios */
export function report(results: Results, charts: readonly (readonly Chart[])[]): string {
  const { machine, node, commit, date, isQuick, comparedWith, scenarios } = results
  const failures = failuresOf(results)
  const parts = [
    '# Measurements',
    `${machine}, Node ${node}; commit ${commit}, ${date}.${isQuick ? ' A quick look: too few samples to rely on.' : ''}`,
    'Medians; in round brackets what Signpost’s comes to when it is divided by it, or, where one entrant is the base, what it comes to when it is divided by the base’s, turn by turn; in square brackets the first and third quartile, and of how many samples.',
    ...(failures.length === 0 ? [] : ['## Failed', failures.map((failure) => `- ${oneLine(failure)}`).join('\n')]),
    ...scenarios.flatMap((scenario, index) => [
      `## ${scenario.title}`,
      scenario.method,
      comparedWith === null ? scenarioTable(scenario) : comparisonTable(scenario, comparedWith),
      ...(charts[index] ?? []).map(({ file, title }) => `![${title}](${file})`),
    ]),
  ]
  return `${parts.join('\n\n')}\n`
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ')
}
