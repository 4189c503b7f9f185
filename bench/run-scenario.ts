import type { LineUp, Runner } from './line-up.js'
import { median } from './measure/statistics.js'
import { MeasurementError, measureInProcess } from './measurement-process.js'
import type { Progress } from './progress.js'
import { caseResult, EntrantSamples, type ScenarioResult } from './results.js'
import type { Case, Measured } from './scenario.js'

/** Longer than any measurement takes on a slow machine. */
const TIMEOUT_MS = 120_000

/** How many measurements it comes to. */
export function turnsIn({ cases, turns }: LineUp): number {
  return cases.reduce((sum, { runners }) => sum + runners.length * turns, 0)
}

/** Every runner of every case in turn, to and fro: A B C C B A …. A failure is told and recorded, and the others go on. */
export async function runScenario(line: LineUp, progress: Progress): Promise<ScenarioResult> {
  const { name, scenario, turns } = line
  const cases = []
  for (const { subject, runners } of line.cases) {
    const all = runners.map((runner) => ({ runner, samples: new EntrantSamples(runner.name) }))
    for (let turn = 1; turn <= turns; turn++) {
      for (const { runner, samples } of turn % 2 === 1 ? all : all.toReversed()) {
        progress.begin(`${name} · ${subject.title} · ${runner.name} · turn ${turn} of ${turns}`)
        await takeTurn(line, subject, runner, samples, progress)
      }
    }
    cases.push(
      caseResult(
        subject,
        all.map(({ samples }) => samples),
      ),
    )
  }
  const { title, method, figures, axis = null } = scenario
  return { name, title, method, figures, axis, cases }
}

async function takeTurn(
  { name, scenario, isQuick }: LineUp,
  { title }: Case,
  { entrant, build }: Runner,
  samples: EntrantSamples,
  progress: Progress,
): Promise<void> {
  try {
    const nodeOptions = scenario.nodeOptions ?? []
    const request = { build, scenario: name, title, entrant, isQuick, nodeOptions, timeoutMs: TIMEOUT_MS }
    const measured = await measureInProcess(request)
    samples.add(measured)
    progress.end(
      mainFigure(
        scenario.figures.map((figure) => figure.name),
        measured,
      ),
    )
  } catch (error) {
    if (!(error instanceof MeasurementError)) throw error
    samples.fail(error.message)
    progress.end(`FAILED: ${firstLine(error.message)}`)
  }
}

function mainFigure(names: readonly string[], { figures, note }: Measured): string {
  const first = names.find((name) => figures[name] !== undefined) ?? ''
  const value = median([figures[first] ?? []].flat())
  return `${value.toLocaleString('en', { maximumSignificantDigits: 3 })} ${first}${note === undefined ? '' : ` (${note})`}`
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text
}
