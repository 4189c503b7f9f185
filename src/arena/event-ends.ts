const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b
const CLOSE_BRACE = 0x7d
const CLOSE_BRACKET = 0x5d

/**
 * Where each of the JSON objects ends that stand between two offsets, with commas between them.
 * @returns the offsets behind them, in bytes
 */
export function eventEnds(bytes: Uint8Array, from: number, to: number): number[] {
  const ends: number[] = []
  let depth = 0
  for (let at = from; at < to; at++) {
    switch (bytes[at]) {
      case QUOTE:
        at = endOfString(bytes, at, to)
        break
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1
        break
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1
        if (depth === 0) ends.push(at + 1)
    }
  }
  return ends
}

/** @returns where the closing quote is of the string that begins at `start` */
function endOfString(bytes: Uint8Array, start: number, to: number): number {
  let at = start + 1
  while (at < to && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at
}
