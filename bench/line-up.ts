import { isSignpost } from './contenders.js'
import type { Case, Scenario } from './scenario.js'

/** A build of Signpost with this harness. */
export interface Build {
  /** What it is called when there are two; null: the one that lies here. */
  readonly label: string | null
  readonly folder: string
}

/** Who has a turn: an entrant of a case, from one build. */
export interface Runner {
  /** Its name in the report. */
  readonly name: string
  readonly entrant: string
  readonly build: string
}

export interface LineUp {
  readonly name: string
  readonly scenario: Scenario
  readonly isQuick: boolean
  readonly turns: number
  readonly cases: readonly { readonly subject: Case; readonly runners: readonly Runner[] }[]
}

export interface LineUpOptions {
  /** Two of them: only Signpost is run, from both. */
  readonly builds: readonly Build[]
  readonly isQuick: boolean
}

/** Fewer turns could not tell a regression from noise: a machine’s speed may change by half within a minute. */
const LEAST_TURNS_TO_COMPARE = { full: 11, quick: 3 }

export function lineUp(name: string, scenario: Scenario, { builds, isQuick }: LineUpOptions): LineUp {
  const turns = isQuick ? scenario.turns.quick : scenario.turns.full
  const least = builds.length < 2 ? 0 : isQuick ? LEAST_TURNS_TO_COMPARE.quick : LEAST_TURNS_TO_COMPARE.full
  return {
    name,
    scenario,
    isQuick,
    turns: Math.max(turns, least),
    cases: scenario
      .cases(isQuick)
      .map((subject) => ({ subject, runners: runnersOf(subject, builds) }))
      .filter(({ runners }) => runners.length > 0),
  }
}

function runnersOf({ entrants }: Case, builds: readonly Build[]): Runner[] {
  const isComparing = builds.length > 1
  return entrants
    .filter((entrant) => !isComparing || isSignpost(entrant.name))
    .flatMap((entrant) =>
      builds.map(({ label, folder }) => ({
        name: label === null ? entrant.name : `${entrant.name} at ${label}`,
        entrant: entrant.name,
        build: folder,
      })),
    )
}
