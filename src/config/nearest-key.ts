/** Most typing errors that still look like one key: two, and one in a key so short that two would leave nothing of it. */
const MOST_ERRORS = 2
const SHORT = 3

/**
 * The known key that an unknown one was most likely meant to be: the same but for case and separators, or else the one
 * that the fewest typing errors (a letter too many, too few, wrong, or two swapped) lead to.
 * @returns null when more than two errors lead to each
 */
export function nearestKey(unknown: string, known: readonly string[]): string | null {
  const wanted = plain(unknown)
  let nearest: string | null = null
  let least = Number.POSITIVE_INFINITY
  for (const key of known) {
    const errors = Math.min(typingErrors(wanted, plain(key)), typingErrors(unknown.slice(0, LONGEST_NAME), key))
    if (errors >= least || errors > (key.length <= SHORT ? 1 : MOST_ERRORS)) continue
    nearest = key
    least = errors
  }
  return nearest
}

/** Names are short; a longer one is no misspelling and must not cost time. */
const LONGEST_NAME = 64

function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
    .slice(0, LONGEST_NAME)
}

/** The optimal string alignment distance. */
export function typingErrors(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const differs = from[row - 1] === to[column - 1] ? 0 : 1
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + differs,
          swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    beforeLast = last
    last = current
  }
  return last[to.length] ?? 0
}
