/** What one figure says: its name holds the unit. */
export interface FigureKind {
  readonly name: string
  /** Which way is the better one; null: neither, it explains the others. */
  readonly better: 'more' | 'less' | null
  /** Drawn as a chart in the report. */
  readonly isDrawn?: boolean
}

/** What one measurement found: samples by the figure's name. */
export interface Measured {
  readonly figures: Readonly<Record<string, number | readonly number[]>>
  /** What a reader has to know about it, such as a rate that could not be held. */
  readonly note?: string
}

/** One set of conditions under which contenders are compared. */
export interface Case {
  readonly title: string
  readonly entrants: readonly Entrant[]
  /** Where the case stands on the scenario's axis. */
  readonly at?: number
  /** The entrant by whose figures those of the others are divided in the report, instead of Signpost's by theirs. */
  readonly base?: string
}

/** One of those that are compared. */
export interface Entrant {
  readonly name: string
  measure(): Promise<Measured>
}

/** Every name measured in the same way. */
export function entrants<Name extends string>(
  names: readonly Name[],
  measure: (name: Name) => Promise<Measured>,
): Entrant[] {
  return names.map((name) => ({ name, measure: () => measure(name) }))
}

export interface Axis {
  readonly label: string
  /** Of the figures over it; linear unless they differ by orders of magnitude. */
  readonly figureScale?: 'linear' | 'log'
  /** What the cases on the axis have in common. */
  readonly of?: string
}

export interface Scenario {
  readonly title: string
  /** How it is measured, for the report. */
  readonly method: string
  readonly figures: readonly FigureKind[]
  /** Of all cases that have an `at`: drawn as lines over it. */
  readonly axis?: Axis
  /** Options of the node process of each measurement. */
  readonly nodeOptions?: readonly string[]
  /** How often each contender has its turn. */
  readonly turns: Turns
  cases(isQuick: boolean): readonly Case[]
}

export interface Turns {
  readonly full: number
  readonly quick: number
}
