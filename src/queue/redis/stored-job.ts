import type { JobHead } from '../job.js'
import type { Death } from '../job-store.js'
import type { Lane } from './lane.js'

/** A job or a dead letter in Redis, as this process knows it. */
export interface StoredJob {
  /** Its id as text. */
  readonly key: string
  lane: Lane
  /** The id of its entry: in the lane's log, or among the letters when it is dead. */
  entry: string
  head: JobHead
  place: 'held' | 'parked' | 'dead'
  /** Of jobs with the same `seq` the lower one is first. */
  readonly order: number
  /** Of a letter: rises in the order of the deaths. */
  position: number
  /** Of a letter. */
  diedAt: number
}

/** The death of a letter as it was read, and where it lies. */
export interface FoundLetter {
  readonly entry: string
  readonly head: JobHead
  readonly death: Death
}

export interface FoundJob {
  readonly entry: string
  readonly head: JobHead
}

export function keyOf(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1')
}
