/** A set of Unicode code points: ranges with both ends, in order, which neither overlap nor touch. */
export type CodePoints = readonly (readonly [first: number, last: number])[]

const LAST = 0x10ffff

export function union(...sets: readonly CodePoints[]): CodePoints {
  const merged: [number, number][] = []
  for (const [first, last] of sets.flat().sort((a, b) => a[0] - b[0])) {
    const open = merged.at(-1)
    if (open !== undefined && first <= open[1] + 1) open[1] = Math.max(open[1], last)
    else merged.push([first, last])
  }
  return merged
}

export function negate(set: CodePoints): CodePoints {
  const starts = [0, ...set.map(([, last]) => last + 1)]
  const ends = [...set.map(([first]) => first - 1), LAST]
  return starts.map((start, index) => [start, ends[index] ?? LAST] as const).filter(([first, last]) => first <= last)
}

export function intersect(one: CodePoints, other: CodePoints): CodePoints {
  return negate(union(negate(one), negate(other)))
}

export function difference(one: CodePoints, other: CodePoints): CodePoints {
  return intersect(one, negate(other))
}

/** All code points that a test holds for. It is asked of each, so keep what it returns. */
export function codePointsWhere(test: (codePoint: number) => boolean): CodePoints {
  const ranges: [number, number][] = []
  let first = -1
  for (let codePoint = 0; codePoint <= LAST + 1; codePoint++) {
    const holds = codePoint <= LAST && test(codePoint)
    if (holds && first < 0) first = codePoint
    if (holds || first < 0) continue
    ranges.push([first, codePoint - 1])
    first = -1
  }
  return ranges
}
