import type { Refusal } from './refusals.js'

/** Line numbers that are kept of each kind, so that a long input of nonsense does not fill the memory. */
const MOST_NUMBERS = 100

export interface NumberedLines {
  readonly count: number
  /** The first of them, counted from 1; at most 100. */
  readonly numbers: readonly number[]
}

/** What has become of the lines that were read. */
export interface LineTotals {
  readonly accepted: number
  readonly invalid: NumberedLines
  readonly refused: Readonly<Partial<Record<Refusal, NumberedLines>>>
  /** Lines that were read and not taken, because the program had to end. */
  readonly notTaken: number
}

/** Counts lines. */
export class LineTally {
  #accepted = 0
  #notTaken = 0
  readonly #invalid = new Numbers()
  readonly #refused = new Map<Refusal, Numbers>()

  accepted(): void {
    this.#accepted += 1
  }

  notTaken(): void {
    this.#notTaken += 1
  }

  /** @returns whether the line's number is kept */
  invalid(line: number): boolean {
    return this.#invalid.add(line)
  }

  /** @returns whether the line's number is kept */
  refused(line: number, cause: Refusal): boolean {
    const numbers = this.#refused.get(cause) ?? new Numbers()
    this.#refused.set(cause, numbers)
    return numbers.add(line)
  }

  get totals(): LineTotals {
    return {
      accepted: this.#accepted,
      invalid: this.#invalid.totals,
      refused: Object.fromEntries([...this.#refused].map(([cause, numbers]) => [cause, numbers.totals])),
      notTaken: this.#notTaken,
    }
  }
}

class Numbers {
  #count = 0
  readonly #kept: number[] = []

  add(line: number): boolean {
    this.#count += 1
    if (this.#kept.length === MOST_NUMBERS) return false
    this.#kept.push(line)
    return true
  }

  get totals(): NumberedLines {
    return { count: this.#count, numbers: [...this.#kept] }
  }
}
