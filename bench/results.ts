import { summarise } from './measure/statistics.js'
import type { Case, FigureKind, Measured, Scenario } from './scenario.js'

/** Everything that was measured, as results.json has it. */
export interface Results {
  readonly machine: string
  readonly node: string
  readonly commit: string
  readonly date: string
  readonly isQuick: boolean
  /** The revision beside which this one ran, or null. */
  readonly comparedWith: string | null
  readonly scenarios: readonly ScenarioResult[]
}

export interface ScenarioResult {
  readonly name: string
  readonly title: string
  readonly method: string
  readonly figures: readonly FigureKind[]
  readonly axis: Scenario['axis'] | null
  readonly cases: readonly CaseResult[]
}

export interface CaseResult {
  readonly title: string
  readonly at: number | null
  /** See `Case.base`. */
  readonly base?: string
  readonly entrants: readonly EntrantResult[]
}

export interface EntrantResult {
  readonly name: string
  /** Samples of all turns by the figure's name. */
  readonly samples: Readonly<Record<string, readonly number[]>>
  readonly notes: readonly string[]
  readonly failures: readonly string[]
}

/** Gathers what the turns of one entrant give. */
export class EntrantSamples {
  private readonly samples = new Map<string, number[]>()
  private readonly notes = new Set<string>()
  private readonly failures: string[] = []

  constructor(readonly name: string) {}

  add({ figures, note }: Measured): void {
    for (const [figure, values] of Object.entries(figures)) {
      this.samples.set(figure, [...(this.samples.get(figure) ?? []), ...[values].flat()])
    }
    if (note !== undefined) this.notes.add(note)
  }

  fail(reason: string): void {
    this.failures.push(reason)
  }

  get result(): EntrantResult {
    return {
      name: this.name,
      samples: Object.fromEntries(this.samples),
      notes: [...this.notes],
      failures: this.failures,
    }
  }
}

export function caseResult(
  { title, at, base }: Pick<Case, 'title' | 'at' | 'base'>,
  all: readonly EntrantSamples[],
): CaseResult {
  const entrants = all.map(({ result }) => result)
  return { title, at: at ?? null, ...(base === undefined ? {} : { base }), entrants }
}

/** The median, or null where there is no sample. */
export function medianOf({ samples }: EntrantResult, figure: string): number | null {
  const values = samples[figure] ?? []
  return values.length === 0 ? null : summarise(values).median
}

export function failuresOf({ scenarios }: Pick<Results, 'scenarios'>): string[] {
  return scenarios.flatMap(({ name, cases }) =>
    cases.flatMap(({ title, entrants }) =>
      entrants.flatMap((entrant) =>
        entrant.failures.map((failure) => `${name}, ${title}, ${entrant.name}: ${failure}`),
      ),
    ),
  )
}
