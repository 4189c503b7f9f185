export interface Pair<T> {
  readonly idle: T
  readonly busy: T
}

export interface PairOptions {
  /** Goes on until so much time has passed, in ms, … */
  readonly budgetMs: number
  /** … but takes at least and at most so many pairs. */
  readonly least: number
  readonly most: number
}

/**
 * Measures without and with in turn, so that whatever changes on the machine meanwhile strikes both. Every other pair begins with
 * the busy side, so that neither is always the first.
 */
export async function interleaved<T>(
  idle: () => Promise<T>,
  busy: () => Promise<T>,
  { budgetMs, least, most }: PairOptions,
): Promise<Pair<T>[]> {
  const pairs: Pair<T>[] = []
  const startMs = performance.now()
  while (pairs.length < least || (pairs.length < most && performance.now() - startMs < budgetMs)) {
    if (pairs.length % 2 === 0) {
      const first = await idle()
      pairs.push({ idle: first, busy: await busy() })
    } else {
      const first = await busy()
      pairs.push({ idle: await idle(), busy: first })
    }
  }
  return pairs
}

/** What is left of each pair's busy side after its idle side is deducted. */
export function differences<T>(pairs: readonly Pair<T>[], value: (side: T) => number): number[] {
  return pairs.map(({ idle, busy }) => value(busy) - value(idle))
}
