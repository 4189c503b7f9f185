import type { Stats, Undelivered } from '../../index.js'
import type { LineTotals, NumberedLines } from './line-tally.js'

/** Why the program ends. */
export type Ending = 'end-of-input' | 'input-failed' | 'signal'

export interface Outcome {
  readonly ending: Ending
  readonly stats: Stats
  readonly undelivered: Undelivered
  /** null: no lines were taken. */
  readonly lines: LineTotals | null
  readonly isStrict: boolean
  /** Since the dispatcher has started, in ms. */
  readonly ranMs: number
}

export interface ExitReport {
  readonly status: number
  readonly fields: object
  readonly message: string
}

export const Status = { Done: 0, Failed: 1, Usage: 2, Undelivered: 3, Strict: 4 } as const

/** Endpoints that are named, the others only counted. */
const MOST_ENDPOINTS = 20
/** Line numbers in the message; the fields have more. */
const MOST_NUMBERS_SAID = 20

/** What the program says at its end, and its exit status. */
export function exitReport(outcome: Outcome): ExitReport {
  const { stats, undelivered, lines, ranMs } = outcome
  const { delivered, failed, dropped_oldest: dropped, uninterested } = stats
  const deliveries = {
    ...(uninterested === 0 ? {} : { 'wanted by no webhook': uninterested }),
    delivered,
    'given up': failed,
    dropped,
    undelivered: undelivered.events,
  }
  const said = Object.entries(deliveries).map(([name, count]) => `${name}: ${count}`)
  return {
    status: statusOf(outcome),
    fields: {
      ...(lines === null ? {} : { lines }),
      uninterested,
      delivered,
      givenUp: failed,
      dropped,
      undelivered: undelivered.events,
      undeliveredEndpoints: undelivered.endpoints.slice(0, MOST_ENDPOINTS),
      ranMs: Math.round(ranMs),
    },
    message: `ended after ${Math.round(ranMs / 1000)} s: ${[...(lines === null ? [] : linesSaid(lines)), ...said].join(', ')}`,
  }
}

function statusOf({ ending, stats, undelivered, lines, isStrict }: Outcome): number {
  if (ending === 'input-failed') return Status.Failed
  const { failed, dropped_oldest: dropped } = stats
  // A program that ran until it was told to end has logged what it gave up when it did.
  const lost = ending === 'end-of-input' ? failed + dropped : 0
  if (undelivered.events + (lines?.notTaken ?? 0) + lost > 0) return Status.Undelivered
  const isComplete = lines === null || refusedLines(lines) + lines.invalid.count === 0
  return isStrict && !isComplete ? Status.Strict : Status.Done
}

function refusedLines({ refused }: LineTotals): number {
  return Object.values(refused).reduce((sum, { count }) => sum + count, 0)
}

function linesSaid(lines: LineTotals): readonly string[] {
  const causes = Object.entries(lines.refused).map(([cause, numbered]) => `${cause}: ${countSaid(numbered)}`)
  return [
    `accepted: ${lines.accepted}`,
    `refused: ${refusedLines(lines)}${causes.length === 0 ? '' : ` (${causes.join('; ')})`}`,
    `invalid lines: ${countSaid(lines.invalid)}`,
    ...(lines.notTaken === 0 ? [] : [`read but not accepted: ${lines.notTaken}`]),
  ]
}

/** A count, with the numbers of the lines. */
function countSaid({ count, numbers }: NumberedLines): string {
  if (count === 0) return '0'
  const said = numbers.slice(0, MOST_NUMBERS_SAID).join(', ')
  return `${count} (line${count === 1 ? '' : 's'} ${said}${count > MOST_NUMBERS_SAID ? ', …' : ''})`
}
