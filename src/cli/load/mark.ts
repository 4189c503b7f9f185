/**
 * Every event carries a mark, `@NUMBER.TICK;`: its number and when it was due, in ticks since the run's epoch. `@` stands
 * nowhere else in what the load generator emits, so that a receiver finds the marks by looking for one byte.
 */
const AT = 0x40
const DOT = 0x2e
const END = 0x3b
const ZERO = 0x30

/** About as long as marks are. */
export const TYPICAL_MARK_LENGTH = '@1234567.1234567;'.length

/** Writes marks. Neighbouring events are often due in the same tick, whose text is then written once. */
export class MarkWriter {
  #tick = -1
  #ending = ''

  write(number: number, tick: number): string {
    if (tick !== this.#tick) {
      this.#tick = tick
      this.#ending = `.${tick};`
    }
    return `@${number}${this.#ending}`
  }
}

/**
 * Calls `found` for each mark in a body.
 * @returns how many marks could not be read
 */
export function readMarks(body: Buffer, found: (number: number, tick: number) => void): number {
  let unreadable = 0
  for (let at = body.indexOf(AT); at >= 0; at = body.indexOf(AT, at + 1)) {
    let number = 0
    let index = at + 1
    for (; isDigit(body[index]); index++) number = number * 10 + (body[index] ?? 0) - ZERO
    let isWhole = body[index] === DOT && index > at + 1
    let tick = 0
    for (index++; isDigit(body[index]); index++) tick = tick * 10 + (body[index] ?? 0) - ZERO
    isWhole &&= body[index] === END
    if (isWhole) found(number, tick)
    else unreadable += 1
  }
  return unreadable
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte < ZERO + 10
}
