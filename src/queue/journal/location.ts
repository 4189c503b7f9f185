/**
 * Where a record lies, in 32 bits: the segment's slot (13 bits) and the place in it (19 bits), in units of the segment's alignment.
 * 0 is no location, as the first unit of each segment belongs to its header.
 */
export type Location = number & { readonly location: unique symbol }

export const NOWHERE = 0 as Location

const UNITS = 2 ** 19
/** Records begin at multiples of this, or of more in segments above 32 MiB. */
const SMALLEST_ALIGNMENT = 64

export function alignmentOf(segmentBytes: number): number {
  return Math.max(SMALLEST_ALIGNMENT, segmentBytes / UNITS)
}

export function aligned(bytes: number, alignment: number): number {
  return Math.ceil(bytes / alignment) * alignment
}

export function locationOf(slot: number, offset: number, alignment: number): Location {
  return (slot * UNITS + offset / alignment) as Location
}

export function slotOf(location: Location): number {
  return location >>> 19
}

export function offsetOf(location: Location, alignment: number): number {
  return (location & (UNITS - 1)) * alignment
}
