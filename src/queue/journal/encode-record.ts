import { crc32 } from 'node:zlib'
import { numberOf } from '../../time/clocks.js'
import { JOB_ID_BYTES, type JobHead, type JobState } from '../job.js'
import type { Death } from '../job-store.js'
import type { StoredEndpoint } from './endpoints.js'
import { At, DeathAt, FIRST_OF_GROUP, JobAt, Kind, MAGIC, MarkAt, MarkItemAt, StateAt } from './record.js'
import { SALT_BYTES, type Salt } from './salt.js'

/** Where and how a record is written. */
export interface Place {
  readonly into: Buffer
  readonly at: number
  readonly salt: Salt
  readonly group: number
  readonly isFirstOfGroup: boolean
}

/** A death, and its place among the letters. */
export interface PlacedDeath extends Death {
  readonly position: number
}

/** What a mark says of a segment that is part of the journal. */
export interface MarkItem {
  readonly order: number
  readonly salt: Uint8Array
  /** Where its records end. */
  readonly end: number
  /** Damaged parts in it that were counted already. */
  readonly skipped: number
  /** Whether all of its records were synced. */
  readonly isClosed: boolean
}

/** The texts of a death, cut to what a record takes. */
const LONGEST_CAUSE = 256
const LONGEST_ERROR = 512

export function jobHeadBytes({ names }: Pick<StoredEndpoint, 'names'>): number {
  return JobAt.names + names.byteLength
}

export function deathBytes({ cause, error }: Death): number {
  return DeathAt.texts + textBytes(cause, LONGEST_CAUSE) + textBytes(error, LONGEST_ERROR)
}

export function markBytes(items: number): number {
  return MarkAt.items + items * MarkItemAt.bytes
}

/** Each `encode…` writes one head, and returns its length. The memory it writes to may hold anything. */
export function encodeJob(place: Place, head: JobHead, endpoint: StoredEndpoint, bodyCrc: number): number {
  writeJob(place, head, endpoint, bodyCrc)
  return finish(place, Kind.Job, head.id, jobHeadBytes(endpoint), head.bodyBytes)
}

export function encodeLetter(
  place: Place,
  head: JobHead,
  endpoint: StoredEndpoint,
  bodyCrc: number,
  death: PlacedDeath,
): number {
  writeJob(place, head, endpoint, bodyCrc)
  const bytes = jobHeadBytes(endpoint)
  writeDeath(place.into, place.at + bytes, death)
  return finish(place, Kind.Letter, head.id, bytes + deathBytes(death), head.bodyBytes)
}

export function encodeDead(place: Place, id: Uint8Array, death: PlacedDeath): number {
  writeDeath(place.into, place.at + At.end, death)
  return finish(place, Kind.Dead, id, At.end + deathBytes(death), 0)
}

export function encodeState(place: Place, id: Uint8Array, state: JobState): number {
  const { into, at } = place
  into.writeDoubleLE(state.spentMs, at + StateAt.spentMs)
  into.writeDoubleLE(state.nextAt, at + StateAt.nextAt)
  into.writeUInt32LE(state.attempts, at + StateAt.attempts)
  into.writeUInt32LE(state.status, at + StateAt.status)
  return finish(place, Kind.State, id, StateAt.end, 0)
}

export function encodeDone(place: Place, id: Uint8Array): number {
  return finish(place, Kind.Done, id, At.end, 0)
}

const NO_ID = new Uint8Array(JOB_ID_BYTES)

/** @param oldest the segments before this one are reclaimed */
export function encodeMark(place: Place, oldest: number, items: readonly MarkItem[]): number {
  const { into, at } = place
  into.writeDoubleLE(oldest, at + MarkAt.oldest)
  into.writeDoubleLE(items.length, at + MarkAt.count)
  for (const [index, item] of items.entries()) {
    const itemAt = at + MarkAt.items + index * MarkItemAt.bytes
    into.writeDoubleLE(item.order, itemAt + MarkItemAt.order)
    into.writeDoubleLE(item.end, itemAt + MarkItemAt.end)
    into.set(item.salt.subarray(0, SALT_BYTES), itemAt + MarkItemAt.salt)
    into.writeUInt32LE(item.skipped, itemAt + MarkItemAt.skipped)
    into.writeUInt32LE(item.isClosed ? 1 : 0, itemAt + MarkItemAt.isClosed)
  }
  return finish(place, Kind.Mark, NO_ID, markBytes(items.length), 0)
}

function writeJob({ into, at }: Place, head: JobHead, { names, appBytes }: StoredEndpoint, bodyCrc: number): void {
  into.writeDoubleLE(head.seq, at + JobAt.seq)
  into.writeUInt32LE(head.life, at + JobAt.life)
  into.writeUInt32LE(head.attempts, at + JobAt.attempts)
  into.writeUInt32LE(head.status, at + JobAt.status)
  into.writeUInt32LE(head.events, at + JobAt.events)
  into.writeDoubleLE(head.spentMs, at + JobAt.spentMs)
  into.writeDoubleLE(head.nextAt, at + JobAt.nextAt)
  into.writeDoubleLE(numberOf(head.firstEventAt), at + JobAt.firstEventAt)
  into.writeDoubleLE(numberOf(head.sealedAt), at + JobAt.sealedAt)
  into.writeUInt32LE(bodyCrc, at + JobAt.bodyCrc)
  into.writeUInt16LE(appBytes, at + JobAt.appBytes)
  into.writeUInt16LE(names.byteLength - appBytes, at + JobAt.endpointBytes)
  into.set(names, at + JobAt.names)
}

function writeDeath(into: Buffer, at: number, death: PlacedDeath): void {
  into.writeDoubleLE(death.position, at + DeathAt.position)
  into.writeDoubleLE(death.diedAt, at + DeathAt.diedAt)
  into.writeUInt32LE(death.life, at + DeathAt.life)
  into.writeUInt32LE(death.attempts, at + DeathAt.attempts)
  into.writeUInt32LE(death.status, at + DeathAt.status)
  const texts = at + DeathAt.texts
  const causeBytes = into.write(death.cause, texts, LONGEST_CAUSE)
  const errorBytes = into.write(death.error, texts + causeBytes, LONGEST_ERROR)
  into.writeUInt16LE(causeBytes, at + DeathAt.causeBytes)
  into.writeUInt16LE(errorBytes, at + DeathAt.errorBytes)
}

/** As many bytes as `Buffer.write` writes, which cuts no character in two. */
function textBytes(text: string, longest: number): number {
  const bytes = Buffer.byteLength(text)
  return bytes <= longest ? bytes : Buffer.alloc(longest).write(text)
}

function finish(place: Place, kind: Kind, id: Uint8Array, headBytes: number, bodyBytes: number): number {
  const { into, at, salt, group, isFirstOfGroup } = place
  into.writeUInt32LE(MAGIC, at + At.magic)
  into.writeUInt32LE(salt.shown, at + At.salt)
  into.writeUInt16LE(headBytes, at + At.headBytes)
  into[at + At.kind] = kind
  into[at + At.flags] = isFirstOfGroup ? FIRST_OF_GROUP : 0
  into.writeUInt32LE(bodyBytes, at + At.bodyBytes)
  into.writeUInt32LE(group, at + At.group)
  into.set(id, at + At.id)
  into.writeUInt32LE(crc32(into.subarray(at + At.headBytes, at + headBytes), salt.seed), at + At.crc)
  return headBytes
}
