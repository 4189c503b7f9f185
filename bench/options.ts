import { parseArgs } from 'node:util'
import { SCENARIO_NAMES } from './scenarios/index.js'

export interface BenchOptions {
  readonly isQuick: boolean
  /** Names of the scenarios to run. */
  readonly scenarios: readonly string[]
  /** Another revision to run beside this one, or null. */
  readonly compareWith: string | null
  readonly action: 'run' | 'list' | 'help'
}

/** The command line does not make sense; the message says what would. */
export class UsageError extends Error {}

export const HELP = `Measures Signpost and its peers, each in a process of its own, in turns.

    npm run bench -- [OPTIONS]

  --quick         fewer turns, fewer cases, shorter phases: a look, not a measurement
  --only NAME     only the scenario NAME, or those whose names contain it; may be given several times
  --compare REV   builds that revision and runs Signpost of both in pairs, without the peers
  --list          names the scenarios
  --help          says this

Results: bench/results/report.md, its charts beside it, and results.json with every sample.
Exit status: 1 when a measurement failed, 2 when the command line is wrong.
`

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true },
  compare: { type: 'string' },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** @throws UsageError */
export function parseOptions(args: readonly string[], names: readonly string[] = SCENARIO_NAMES): BenchOptions {
  const { quick, only = [], compare, list, help } = parsed(args)
  return {
    isQuick: quick,
    scenarios: only.length === 0 ? names : selected(only, names),
    compareWith: compare ?? null,
    action: help ? 'help' : list ? 'list' : 'run',
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)} (--help lists the options)`)
  }
}

function selected(wanted: readonly string[], names: readonly string[]): string[] {
  const strange = wanted.find((part) => !names.some((name) => name.includes(part)))
  if (strange !== undefined) {
    throw new UsageError(`no scenario's name contains ${JSON.stringify(strange)}; there are: ${names.join(', ')}`)
  }
  const exact = wanted.filter((part) => names.includes(part))
  const parts = wanted.filter((part) => !exact.includes(part))
  return names.filter((name) => exact.includes(name) || parts.some((part) => name.includes(part)))
}
