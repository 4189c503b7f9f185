/**
 * Which part of a batch that was split a slab holds, as two words of its header. A part's delivery id is that of the whole and
 * its place: `<id>.0` and `<id>.1` for the halves, `<id>.0.1` for a half of a half, `<id>.7` for the eighth event alone. So a split
 * that a death has interrupted gives the same ids when it is repeated, and no receiver takes a part for the whole or for another.
 */
export interface PartId {
  /** The halves that were taken, a binary digit each, behind a leading 1; 0: none. */
  readonly halves: number
  /** One more than the place of a single event; 0: it is not one that was taken out alone. */
  readonly single: number
}

export const WHOLE: PartId = { halves: 0, single: 0 }

/** The first half (0) or the second (1) of a part. */
export function halfOf({ halves, single }: PartId, half: 0 | 1): PartId {
  return { halves: Math.max(halves, 1) * 2 + half, single }
}

/** The event at this place of a part, alone. */
export function singleOf({ halves }: PartId, index: number): PartId {
  return { halves, single: index + 1 }
}

/** The part that this one was taken from; null: it is no part. */
export function wholeOf({ halves, single }: PartId): PartId | null {
  if (single > 0) return { halves, single: 0 }
  if (halves === 0) return null
  const rest = halves >>> 1
  return { halves: rest === 1 ? 0 : rest, single: 0 }
}

/** What a part's delivery id has behind that of the whole. */
export function partSuffix({ halves, single }: PartId): string {
  const digits = halves === 0 ? '' : halves.toString(2).slice(1).replace(/./g, '.$&')
  return single === 0 ? digits : `${digits}.${single - 1}`
}

/** The order of the parts of one batch: that of their events. Negative: the first comes before the second. */
export function comparePartIds(a: PartId, b: PartId): number {
  const digits = Math.max(lengthOf(a), lengthOf(b))
  return startOf(a, digits) - startOf(b, digits) || a.single - b.single
}

/** Binary digits of the halves, the leading 1 included. */
function lengthOf({ halves }: PartId): number {
  return 32 - Math.clz32(Math.max(halves, 1))
}

/** Where a part begins, counted in the smallest parts that so many digits tell apart. */
function startOf(part: PartId, digits: number): number {
  const behind = 2 ** (digits - lengthOf(part))
  return (Math.max(part.halves, 1) - 2 ** (lengthOf(part) - 1)) * behind
}
