import { crc32 } from 'node:zlib'
import { StoreFullError } from '../errors.js'
import type { JobHead, JobState } from '../job.js'
import {
  deathBytes,
  encodeDead,
  encodeDone,
  encodeJob,
  encodeLetter,
  encodeMark,
  encodeState,
  jobHeadBytes,
  markBytes,
  type Place,
  type PlacedDeath,
} from './encode-record.js'
import type { StoredEndpoint } from './endpoints.js'
import { aligned, type Location, locationOf } from './location.js'
import { At, LONGEST_HEAD, MarkAt, MarkItemAt, StateAt } from './record.js'
import type { Segment } from './segment.js'
import { DATA_START } from './segment-header.js'
import type { SegmentPool } from './segment-pool.js'

/** Heads are gathered here; it holds those of some thousand jobs. */
const HEAD_BYTES = 256 * 1024
/** Room for the longest head, a body that is copied and the padding of the largest segments. */
const LEAST_HEAD_BYTES = 80 * 1024
/** A body below this is copied beside its head, which costs less than one more part of a write. */
const COPIED_BODY_BYTES = 1024
/** A write goes out when it holds as much as this. */
const WRITE_BYTES = 4 * 1024 * 1024

/** How many segments a mark lists: the newest. */
const MOST_LISTED = Math.floor((LONGEST_HEAD - MarkAt.items) / MarkItemAt.bytes)

/**
 * Writes records at the log's end. They are gathered, and written by `flush` with one call; bodies go out from where they are.
 * A failed write or sync is final for the segment, as the system may take pages for written then that are not, and a second sync would
 * say nothing: the next record begins another one.
 */
export class Writer {
  readonly #pool: SegmentPool
  readonly #heads: Buffer
  #current: Segment | null = null
  #parts: Uint8Array[] = []
  #partsBytes = 0
  /** The head memory before this is in parts already; what lies between both is to be. */
  #headsStart = 0
  #headsEnd = 0
  /** Records of one group go onto the medium with one sync. */
  #group = 1
  #isFirstOfGroup = true
  #syncs = 0
  #hasUnsynced = false

  constructor(pool: SegmentPool, segmentBytes: number) {
    this.#pool = pool
    this.#heads = Buffer.allocUnsafeSlow(Math.min(HEAD_BYTES, Math.max(LEAST_HEAD_BYTES, segmentBytes)))
  }

  /** The segment that is written. */
  get current(): Segment | null {
    return this.#current
  }

  /** How many syncs have succeeded. What was flushed before the last of them is on the medium. */
  get syncs(): number {
    return this.#syncs
  }

  get hasUnsynced(): boolean {
    return this.#hasUnsynced
  }

  /** Bytes that the current segment still takes. */
  get room(): number {
    return this.#current === null ? 0 : this.#current.bytes - this.#end
  }

  job(head: JobHead, endpoint: StoredEndpoint, body: Uint8Array, bodyCrc = crc32(body)): Location {
    const place = this.#place(jobHeadBytes(endpoint), head.bodyBytes)
    return this.#added(place, encodeJob(place, head, endpoint, bodyCrc), body)
  }

  letter(head: JobHead, endpoint: StoredEndpoint, death: PlacedDeath, body: Uint8Array, bodyCrc: number): Location {
    const place = this.#place(jobHeadBytes(endpoint) + deathBytes(death), head.bodyBytes)
    return this.#added(place, encodeLetter(place, head, endpoint, bodyCrc, death), body)
  }

  dead(id: Uint8Array, death: PlacedDeath): Location {
    const place = this.#place(At.end + deathBytes(death), 0)
    return this.#added(place, encodeDead(place, id, death), null)
  }

  state(id: Uint8Array, state: JobState): Location {
    const place = this.#place(StateAt.end, 0)
    return this.#added(place, encodeState(place, id, state), null)
  }

  done(id: Uint8Array): Location {
    const place = this.#place(At.end, 0)
    return this.#added(place, encodeDone(place, id), null)
  }

  /** @param oldest the segments below are reclaimed as soon as this is synced */
  mark(oldest: number): Location {
    const items = this.#pool
      .items()
      .filter(({ order }) => order >= oldest)
      .slice(-MOST_LISTED)
    const place = this.#place(markBytes(items.length), 0)
    return this.#added(place, encodeMark(place, oldest, items), null)
  }

  /** Writes what was gathered. @throws what the system says; then the segment is final */
  flush(): void {
    const segment = this.#current
    this.#closePart()
    const parts = this.#parts
    if (segment === null || parts.length === 0) return
    const bytes = this.#partsBytes
    this.#empty()
    this.#hasUnsynced = true
    this.#try(segment, () => segment.file.write(parts, segment.end))
    segment.end += bytes
  }

  /** Flushes, and waits until all is on the medium. @throws as `flush` */
  sync(): void {
    this.flush()
    const segment = this.#current
    if (segment === null || !this.#hasUnsynced) return
    this.#try(segment, () => segment.file.sync())
    segment.syncedEnd = segment.end
    this.#hasUnsynced = false
    this.#syncs += 1
    this.#group += 1
    this.#isFirstOfGroup = true
  }

  /** Drops what was gathered and not written. */
  abandon(): void {
    this.#empty()
  }

  get #end(): number {
    return (this.#current?.end ?? 0) + this.#partsBytes + (this.#headsEnd - this.#headsStart)
  }

  /** Finds room for a record, perhaps in another segment. */
  #place(headBytes: number, bodyBytes: number): Place & { readonly segment: Segment; readonly offset: number } {
    let segment = this.#current
    if (segment === null || this.#end + headBytes + bodyBytes > segment.bytes) segment = this.#roll()
    if (this.#end + headBytes + bodyBytes > segment.bytes) throw new StoreFullError('a record is larger than a segment')
    const copied = bodyBytes < COPIED_BODY_BYTES ? bodyBytes : 0
    const needed = headBytes + copied + 2 * segment.alignment
    if (this.#headsEnd + needed > this.#heads.byteLength || this.#partsBytes > WRITE_BYTES) this.flush()
    const isFirstOfGroup = this.#isFirstOfGroup
    this.#isFirstOfGroup = false
    return {
      into: this.#heads,
      at: this.#headsEnd,
      salt: segment.salt,
      group: this.#group,
      isFirstOfGroup,
      segment,
      offset: this.#end,
    }
  }

  #added(
    { segment, offset }: { readonly segment: Segment; readonly offset: number },
    headBytes: number,
    body: Uint8Array | null,
  ): Location {
    this.#headsEnd += headBytes
    const bodyBytes = body?.byteLength ?? 0
    if (body !== null && bodyBytes < COPIED_BODY_BYTES) {
      this.#heads.set(body, this.#headsEnd)
      this.#headsEnd += bodyBytes
    } else if (body !== null) {
      this.#closePart()
      this.#parts.push(body)
      this.#partsBytes += bodyBytes
    }
    const padding = aligned(headBytes + bodyBytes, segment.alignment) - headBytes - bodyBytes
    this.#heads.fill(0, this.#headsEnd, this.#headsEnd + padding)
    this.#headsEnd += padding
    return locationOf(segment.slot, offset, segment.alignment)
  }

  #closePart(): void {
    if (this.#headsEnd === this.#headsStart) return
    this.#parts.push(this.#heads.subarray(this.#headsStart, this.#headsEnd))
    this.#partsBytes += this.#headsEnd - this.#headsStart
    this.#headsStart = this.#headsEnd
  }

  #empty(): void {
    this.#parts = []
    this.#partsBytes = 0
    this.#headsStart = 0
    this.#headsEnd = 0
  }

  /** Goes on in another segment. What the current one holds is synced first, as nobody syncs it later. */
  #roll(): Segment {
    if (this.#pool.free.length === 0) throw new StoreFullError('the journal has no free segment')
    this.sync()
    if (this.#current !== null) this.#current.isClosed = true
    this.#current = null
    const segment = this.#pool.take()
    this.#current = segment
    this.#isFirstOfGroup = true
    this.mark(this.#pool.shownOldest)
    return segment
  }

  #try(segment: Segment, work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#giveUp(segment)
      throw error
    }
  }

  #giveUp(segment: Segment): void {
    segment.hasFailed = true
    this.#current = null
    this.#hasUnsynced = false
    this.#empty()
    // Without a sync for each group, the index may already point to what was written.
    if (segment.syncedEnd === DATA_START && segment.live === 0) this.#pool.discard(segment)
  }
}
