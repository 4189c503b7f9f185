import { type Entry, NO_ENTRY } from './job-columns.js'
import type { JobIndex } from './job-index.js'
import { type Location, locationOf, NOWHERE, slotOf } from './location.js'
import { Kind } from './record.js'
import type { RecordReader } from './record-reader.js'
import type { Rules } from './rules.js'
import type { Segment } from './segment.js'
import { DATA_START } from './segment-header.js'
import type { SegmentPool } from './segment-pool.js'
import { SegmentReader } from './segment-reader.js'
import { SegmentScan } from './segment-scan.js'
import type { Writer } from './writer.js'

/** How much of a segment is gone through between two commits. */
const SLICE_BYTES = 1024 * 1024

/** With ids of usual length. */
const LARGEST_LETTER_HEAD = 2048

interface Copy {
  readonly entry: Entry
  readonly from: Location
  readonly later: Location
  readonly to: Location
}

/**
 * Where the reclaim of a segment stands:
 * - `idle`: no segment is being emptied
 * - `copying`: what lives in the source is copied to the log's end, a slice at a time; then `copied`
 * - `copied`: waits until all copies are on the medium, then for a group that takes the mark along; then `marked`
 * - `marked`: the mark was written; when it is on the medium the segments below it are free; then `idle`
 * A failed write or sync leads from `copying` and `copied` back to the source's start, and from `marked` to `copied`.
 */
type Phase =
  | { readonly name: 'idle' }
  | { readonly name: 'copying'; readonly source: Segment; readonly position: number }
  | { readonly name: 'copied'; readonly source: Segment; readonly writtenBefore: number }
  | { readonly name: 'marked'; readonly source: Segment; readonly oldest: number; readonly writtenBefore: number }

const IDLE: Phase = { name: 'idle' }

interface Parts {
  readonly pool: SegmentPool
  readonly index: JobIndex
  readonly writer: Writer
  readonly records: RecordReader
  readonly rules: Rules
}

/** Empties segments, so that they can be written again. */
export class Reclaim {
  readonly #parts: Parts
  readonly #reader: SegmentReader
  readonly #bodies: Buffer
  #bodiesBytes = 0
  #phase: Phase = IDLE
  /** Those that are not known to be on the medium. */
  #copies: Copy[] = []
  #lost = 0
  #evicted = 0
  #mayEvict = false

  constructor(parts: Parts, segmentBytes: number) {
    this.#parts = parts
    const bytes = Math.min(SLICE_BYTES, segmentBytes)
    this.#reader = new SegmentReader(bytes)
    this.#bodies = Buffer.allocUnsafeSlow(bytes)
  }

  get isIdle(): boolean {
    return this.#phase.name === 'idle'
  }

  /** Whether the next step waits for a sync or for a mark. */
  get waitsForGroup(): boolean {
    return this.#phase.name === 'copied' || this.#phase.name === 'marked'
  }

  /** Jobs and letters that could not be copied, as their heads cannot be read any more. */
  get lost(): number {
    return this.#lost
  }

  /** Letters that were not copied, as there was no room for them. */
  get evicted(): number {
    return this.#evicted
  }

  /**
   * Copies the next slice, of another segment when none is being emptied.
   * @param mayEvict whether letters may go for which there is no room
   * @returns whether there was something to do
   */
  step(mayEvict = false): boolean {
    this.#mayEvict = mayEvict
    const phase = this.#phase
    if (phase.name === 'copying') {
      this.#copySlice(phase.source, phase.position)
      return true
    }
    if (phase.name !== 'idle') return false
    const { pool, writer, rules } = this.#parts
    const source = rules.nextSource(pool.log.filter((segment) => segment !== writer.current))
    if (source === undefined) return false
    this.#phase = { name: 'copying', source, position: DATA_START }
    if (source.live === 0) this.#phase = { name: 'copied', source, writtenBefore: -1 }
    else this.#copySlice(source, DATA_START)
    return true
  }

  /** Writes the mark, if the copies are on the medium, as part of a group. */
  mark(): void {
    const { writer, rules } = this.#parts
    const phase = this.#phase
    if (phase.name !== 'copied' || !rules.areSynced(phase.writtenBefore, writer.syncs)) return
    const oldest = this.#oldestNeeded(phase.source)
    writer.mark(rules.shownOldest(oldest))
    this.#phase = { name: 'marked', source: phase.source, oldest, writtenBefore: writer.syncs }
  }

  /** Goes by what the last sync has brought onto the medium. */
  settle(): void {
    const { pool, writer, rules } = this.#parts
    const phase = this.#phase
    if (!writer.hasUnsynced) this.#copies = []
    if (phase.name !== 'marked' || !rules.areSynced(phase.writtenBefore, writer.syncs)) return
    pool.retireBelow(phase.oldest)
    this.#phase = IDLE
  }

  /** A write or a sync has failed: what was not on the medium before counts as not written. */
  revert(): void {
    const { index } = this.#parts
    for (const { entry, from, later } of this.#copies.reverse()) index.move(entry, from, later)
    this.#copies = []
    this.#bodiesBytes = 0
    const phase = this.#phase
    if (phase.name === 'marked') this.#phase = { name: 'copied', source: phase.source, writtenBefore: -1 }
    else if (phase.name !== 'idle') this.#phase = { name: 'copying', source: phase.source, position: DATA_START }
  }

  #copySlice(source: Segment, from: number): void {
    const { writer } = this.#parts
    const scan = new SegmentScan(this.#reader, source, from, source.end)
    const until = from + SLICE_BYTES
    let isDone = source.live === 0
    while (!isDone && scan.position < until) isDone = !scan.next() || this.#copy(source, scan)
    this.#flush()
    if (!isDone) this.#phase = { name: 'copying', source, position: scan.position }
    else {
      if (source.live > 0) this.#giveUp(source)
      this.#phase = { name: 'copied', source, writtenBefore: writer.hasUnsynced ? writer.syncs : -1 }
    }
  }

  /** Copies the record, if it is a body that is needed. @returns whether nothing is left to copy */
  #copy(source: Segment, scan: SegmentScan): boolean {
    const { index, writer, records } = this.#parts
    const { columns } = index
    const { kind } = scan.record
    if (kind !== Kind.Job && kind !== Kind.Letter) return false
    const from = locationOf(source.slot, scan.offset, source.alignment)
    const entry = index.find(scan.record.id)
    if (entry === NO_ENTRY || columns.location(entry) !== from) return false
    const stored = records.head(entry)
    if (stored === null) return false
    if (this.#mayEvict && index.isDead(entry) && this.#isTight(stored.head.bodyBytes)) {
      index.remove(entry)
      this.#evicted += 1
      return source.live === 0
    }
    const body = this.#keepBody(scan.body())
    const later = columns.later(entry)
    const endpoint = index.endpoint(entry)
    const to = index.isDead(entry)
      ? writer.letter(stored.head, endpoint, records.death(entry), body, stored.bodyCrc)
      : writer.job({ ...stored.head, seq: columns.seq(entry) }, endpoint, body, stored.bodyCrc)
    this.#copies.push({ entry, from, later, to })
    index.move(entry, to, NOWHERE)
    return source.live === 0
  }

  /** Letters grow by their deaths when they are copied, so that there may be no room for them; jobs do not grow. */
  #isTight(bodyBytes: number): boolean {
    const { pool, writer } = this.#parts
    return pool.free.length === 0 && writer.room < bodyBytes + LARGEST_LETTER_HEAD
  }

  /** Bodies must stay as they are until they are written, and the scan reads on meanwhile. */
  #keepBody(body: Buffer): Uint8Array {
    if (this.#bodiesBytes + body.byteLength > this.#bodies.byteLength) this.#flush()
    if (body.byteLength > this.#bodies.byteLength) return Uint8Array.from(body)
    const start = this.#bodiesBytes
    this.#bodiesBytes += body.byteLength
    body.copy(this.#bodies, start)
    return this.#bodies.subarray(start, this.#bodiesBytes)
  }

  #flush(): void {
    this.#parts.writer.flush()
    this.#bodiesBytes = 0
  }

  /** What still lies in the source cannot be read: it is lost, and the file is put aside. */
  #giveUp(source: Segment): void {
    const { index } = this.#parts
    const lost = [...index.entries()].filter((entry) => slotOf(index.columns.location(entry)) === source.slot)
    for (const entry of lost) index.remove(entry)
    this.#lost += lost.length
    source.isDamaged = true
  }

  /** The segments that hold nothing behind the source go with it. */
  #oldestNeeded(source: Segment): number {
    const { pool, writer } = this.#parts
    const needed = pool.log.find(({ order, live }) => order > source.order && live > 0)
    const current = writer.current?.order ?? pool.nextOrder
    return Math.min(needed?.order ?? current, current)
  }
}
