/** What became of an act's events. */
export interface ActResult {
  /** Events that count: each is owed to one webhook, once. */
  readonly emitted: number
  readonly delivered: number
  /** Events of those that came, signed as they must be, each counted once. */
  readonly verified: number
  readonly refused: number
  /** Events that became dead letters. */
  readonly failed: number
  /** Requests whose signature was wrong. */
  readonly invalid: number
  /** Figures that explain the others, by their names in the JSON object. */
  readonly details: Readonly<Record<string, number>>
}

type Counted = Exclude<keyof ActResult, 'details'>

/** Whether all is as it must be: nothing lost, refused, buried or wrongly signed. */
export function isWhole(acts: readonly ActResult[]): boolean {
  const { emitted, delivered, verified, refused, failed, invalid } = sums(acts)
  return verified === emitted && delivered === verified && refused + failed + invalid === 0
}

/** The demonstration's last line. */
export function lastLine(acts: readonly ActResult[]): string {
  const { emitted, delivered, verified } = sums(acts)
  return `${emitted} emitted, ${delivered} delivered, ${verified} verified, ${emitted - verified} lost`
}

/** The same as a JSON object, with the details of each act. */
export function lastLineJson(acts: readonly ActResult[]): string {
  const { emitted, delivered, verified, ...others } = sums(acts)
  const details = Object.assign({}, ...acts.map((act) => act.details))
  return JSON.stringify({ emitted, delivered, verified, lost: emitted - verified, ...others, ...details })
}

function sums(acts: readonly ActResult[]): Readonly<Record<Counted, number>> {
  const sum = (name: Counted): number => acts.reduce((total, act) => total + act[name], 0)
  return {
    emitted: sum('emitted'),
    delivered: sum('delivered'),
    verified: sum('verified'),
    refused: sum('refused'),
    failed: sum('failed'),
    invalid: sum('invalid'),
  }
}
