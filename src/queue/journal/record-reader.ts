import { crc32 } from 'node:zlib'
import type { JobHead, JobState } from '../job.js'
import type { PlacedDeath } from './encode-record.js'
import type { Entry } from './job-columns.js'
import type { JobIndex } from './job-index.js'
import { type Location, NOWHERE, offsetOf, slotOf } from './location.js'
import { ReadAhead } from './read-ahead.js'
import { Kind, LONGEST_HEAD } from './record.js'
import { RecordView } from './record-view.js'
import type { Segment } from './segment.js'
import type { SegmentPool } from './segment-pool.js'

/** Most heads are shorter. */
const USUAL_HEAD = 1024

/** A job as its records say, with its newest state. */
export interface StoredHead {
  readonly head: JobHead
  readonly bodyCrc: number
}

/** Reads single records: heads for `take`, bodies for `read`, and all of a letter. */
export class RecordReader {
  readonly #pool: SegmentPool
  readonly #index: JobIndex
  readonly #ahead = new ReadAhead()
  readonly #record = new RecordView()
  #unreadable = 0

  constructor(pool: SegmentPool, index: JobIndex) {
    this.#pool = pool
    this.#index = index
  }

  /** Records that could not be read. */
  get unreadable(): number {
    return this.#unreadable
  }

  /** @returns null when it cannot be read any more */
  head(entry: Entry): StoredHead | null {
    const index = this.#index
    const record = this.#at(index.columns.location(entry))
    if (record === null) return null
    const head = record.jobHead(index.endpoint(entry).target)
    const { bodyCrc } = record
    const state = index.isDead(entry) ? null : this.#state(entry)
    return { head: state === null ? head : { ...head, ...state }, bodyCrc }
  }

  /** Of a letter. A death whose record cannot be read any more is made up. */
  death(entry: Entry): PlacedDeath {
    const { columns } = this.#index
    const later = columns.later(entry)
    const record = this.#at(later === NOWHERE ? columns.location(entry) : later)
    const position = columns.seq(entry)
    if (record !== null && (record.kind === Kind.Dead || record.kind === Kind.Letter)) {
      return { ...record.death(), position }
    }
    const life = columns.life(entry)
    return {
      position,
      diedAt: 0,
      life,
      attempts: 0,
      status: 0,
      cause: 'damaged',
      error: 'the record of its death cannot be read',
    }
  }

  /**
   * Copies the body.
   * @param into as long as the body
   * @returns whether it is as it was stored
   */
  body(entry: Entry, into: Uint8Array): boolean {
    const location = this.#index.columns.location(entry)
    const record = this.#at(location)
    if (record === null) return false
    const segment = this.#pool.at(slotOf(location))
    const { headBytes, bodyCrc } = record
    const start = offsetOf(location, segment.alignment) + headBytes
    try {
      return this.#copy(segment, start, into) && crc32(into) === bodyCrc
    } catch {
      this.#unreadable += 1
      return false
    }
  }

  /** @returns whether there was as much */
  #copy(segment: Segment, start: number, into: Uint8Array): boolean {
    if (into.byteLength > this.#ahead.longest) return segment.file.read(into, start) === into.byteLength
    const bytes = this.#ahead.read(segment, start, into.byteLength)
    into.set(bytes)
    return bytes.byteLength === into.byteLength
  }

  #state(entry: Entry): JobState | null {
    const later = this.#index.columns.later(entry)
    const record = later === NOWHERE ? null : this.#at(later)
    return record?.kind === Kind.State ? record.state() : null
  }

  #at(location: Location): RecordView | null {
    const segment = this.#pool.at(slotOf(location))
    const offset = offsetOf(location, segment.alignment)
    for (const bytes of [USUAL_HEAD, LONGEST_HEAD]) {
      try {
        if (this.#record.set(this.#ahead.read(segment, offset, bytes), 0, segment.salt)) return this.#record
      } catch {
        break
      }
    }
    this.#unreadable += 1
    return null
  }
}
