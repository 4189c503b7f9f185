import type { ConfigWarning } from '../config/errors.js'

/** What will not work as it is configured. */
export interface PreflightProblem extends ConfigWarning {
  /** What will not work: the whole dispatcher, or the deliveries of one webhook alone. */
  readonly concerns: 'start' | 'webhook'
}

export interface Findings {
  readonly problems: readonly PreflightProblem[]
  readonly warnings: readonly ConfigWarning[]
}

export const NOTHING_FOUND: Findings = { problems: [], warnings: [] }

export function problem(concerns: PreflightProblem['concerns'], path: string, what: string): Findings {
  return { problems: [{ concerns, path, message: `${path}: ${what}` }], warnings: [] }
}

export function warning(path: string, what: string): Findings {
  return { problems: [], warnings: [{ path, message: `${path}: ${what}` }] }
}

export function together(findings: readonly Findings[]): Findings {
  return {
    problems: findings.flatMap(({ problems }) => problems),
    warnings: findings.flatMap(({ warnings }) => warnings),
  }
}
