import { deliveryIdText } from './delivery-ids.js'
import { comparePartIds, type PartId, partSuffix } from './part-id.js'

const HALVES_AT = 16
const SINGLE_AT = 20

/** A delivery id with its part as text, from the 24 bytes that slabs and stores keep. */
export function jobIdText(id: Uint8Array): string {
  return deliveryIdText(id, 0) + partSuffix(partOf(id))
}

/** The order of two parts of one batch, as `comparePartIds`; 0 for parts of different batches. */
export function compareJobIds(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < HALVES_AT; at++) if (a[at] !== b[at]) return 0
  return comparePartIds(partOf(a), partOf(b))
}

function partOf(id: Uint8Array): PartId {
  const view = new DataView(id.buffer, id.byteOffset, id.byteLength)
  return { halves: view.getInt32(HALVES_AT, true), single: view.getInt32(SINGLE_AT, true) }
}

const JOB_ID = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})((?:\.\d{1,9})*)$/

/**
 * The 24 bytes of a delivery id as text. `<id>.0` is a first half or a first event alone: then there are two. @returns none for a text
 * that is no delivery id
 */
export function jobIdsOf(text: string): readonly Uint8Array[] {
  const match = JOB_ID.exec(text)
  if (match === null) return []
  const uuid = Buffer.from(match.slice(1, 6).join(''), 'hex')
  const path = (match[6] ?? '').split('.').slice(1).map(Number)
  const isHalf = (digit: number) => digit === 0 || digit === 1
  const halvesOf = (digits: readonly number[]) => digits.reduce((halves, digit) => halves * 2 + digit, 1)
  const parts: { halves: number; single: number }[] = []
  if (path.length === 0) parts.push({ halves: 0, single: 0 })
  else {
    const last = path.at(-1) ?? 0
    const before = path.slice(0, -1)
    if (path.every(isHalf)) parts.push({ halves: halvesOf(path), single: 0 })
    if (before.every(isHalf)) parts.push({ halves: before.length === 0 ? 0 : halvesOf(before), single: last + 1 })
  }
  return parts.map(({ halves, single }) => {
    const id = Buffer.alloc(SINGLE_AT + 4)
    uuid.copy(id)
    id.writeInt32LE(halves | 0, HALVES_AT)
    id.writeInt32LE(single | 0, SINGLE_AT)
    return id
  })
}
