import { join } from 'node:path'
import { type Build, lineUp } from './line-up.js'
import { currentCommit, machine } from './machine.js'
import { endMeasurements } from './measurement-process.js'
import { type BenchOptions, HELP, parseOptions, UsageError } from './options.js'
import { Progress } from './progress.js'
import { writeReport } from './report/write-report.js'
import { failuresOf, type Results } from './results.js'
import { buildRevision } from './revision.js'
import { runScenario, turnsIn } from './run-scenario.js'
import { scenarioNamed } from './scenarios/index.js'

const BUILD = join(import.meta.dirname, '..')
const RESULTS = join('bench', 'results')

process.on('exit', endMeasurements)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
process.exitCode = await main()

async function main(): Promise<number> {
  try {
    const options = parseOptions(process.argv.slice(2))
    if (options.action === 'help') console.log(HELP)
    else if (options.action === 'list') await list(options)
    else return await run(options)
    return 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    console.error(`bench: ${error.message}`)
    return 2
  }
}

async function list({ scenarios, isQuick }: BenchOptions): Promise<void> {
  for (const name of scenarios) {
    const scenario = await scenarioNamed(name)
    const entrants = new Set(scenario.cases(isQuick).flatMap((one) => one.entrants.map((entrant) => entrant.name)))
    console.log(`${name.padEnd(12)} ${scenario.title}\n${' '.repeat(13)}${[...entrants].join(' · ')}`)
  }
}

async function run({ scenarios, compareWith, isQuick }: BenchOptions): Promise<number> {
  const here: Build = { label: null, folder: BUILD }
  const builds = compareWith === null ? [here] : [here, await buildRevision(compareWith)]
  const lines = await Promise.all(
    scenarios.map(async (name) => lineUp(name, await scenarioNamed(name), { builds, isQuick })),
  )
  const progress = new Progress(lines.reduce((sum, line) => sum + turnsIn(line), 0))
  const results: Results = {
    ...machine(),
    commit: currentCommit(),
    date: new Date().toISOString(),
    isQuick,
    comparedWith: builds[1]?.label ?? null,
    scenarios: [],
  }
  const done = []
  for (const line of lines) {
    done.push(await runScenario(line, progress))
    writeReport({ ...results, scenarios: done }, RESULTS)
  }
  const failures = failuresOf({ scenarios: done })
  for (const failure of failures) console.error(`failed: ${failure}`)
  console.log(`\nresults: ${join(RESULTS, 'report.md')}, ${join(RESULTS, 'results.json')}`)
  return failures.length === 0 ? 0 : 1
}
