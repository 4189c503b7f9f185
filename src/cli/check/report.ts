/** What `signpost check` found; `--json` prints it as it is. */
export interface CheckReport {
  /** Whether the exit status is 0. */
  readonly valid: boolean
  readonly problems: readonly Finding[]
  readonly warnings: readonly Finding[]
  /** Where Signpost means something else than Sockudo on purpose. */
  readonly notes: readonly Finding[]
  /** Variables of the environment that were used. */
  readonly variables: readonly string[]
  /** What counts, every default filled in, without secrets; null when it was not asked for or cannot be read. */
  readonly effective: unknown
  /** All findings and a summary, for people. */
  readonly text: string
}

export interface Finding {
  /** Where in the configuration; null: in the file as a whole. */
  readonly path: string | null
  readonly message: string
  /** Counted from 1; null: nowhere in the file. */
  readonly line: number | null
  readonly column: number | null
}

export type Findings = Pick<CheckReport, 'problems' | 'warnings' | 'notes'>

/** The findings as compilers print them, a line each. */
export function linesOf(name: string, { problems, warnings, notes }: Findings): readonly string[] {
  const kinds = [
    { kind: 'error', findings: problems },
    { kind: 'warning', findings: warnings },
    { kind: 'note', findings: notes },
  ]
  return kinds.flatMap(({ kind, findings }) => {
    return findings.map(({ message, line, column }) => {
      const place = line === null || column === null ? name : `${name}:${line}:${column}`
      return `${place}: ${kind}: ${message}`
    })
  })
}
