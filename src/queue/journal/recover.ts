import type { Disk, DiskFile } from './disk.js'
import type { MarkItem } from './encode-record.js'
import { type Entry, NO_ENTRY } from './job-columns.js'
import { JobIndex, type NewEntry } from './job-index.js'
import { type Location, locationOf, slotOf } from './location.js'
import { Kind } from './record.js'
import type { RecordView } from './record-view.js'
import type { Rules } from './rules.js'
import { saltOf } from './salt.js'
import { Segment } from './segment.js'
import { DATA_START, readHeader, type SegmentHeader } from './segment-header.js'
import { DAMAGED, type PoolOptions, SegmentPool, segmentNumber } from './segment-pool.js'
import { SegmentReader } from './segment-reader.js'
import { SegmentScan } from './segment-scan.js'
import { SegmentTally } from './segment-tally.js'
import { TargetCache } from './target-cache.js'
import { Transitions } from './transitions.js'

const PIECE_BYTES = 4 * 1024 * 1024

export interface Recovered {
  readonly pool: SegmentPool
  readonly index: JobIndex
  /** Of the jobs. */
  readonly events: number
  /** Damaged parts that were skipped. */
  readonly damaged: number
}

/** Reads all segments, and brings all that it has read onto the medium: a process before this one may have died before its sync. */
export function recover(disk: Disk, options: PoolOptions, rules: Rules): Recovered {
  const files = openSegments(disk)
  const reader = new SegmentReader(Math.min(PIECE_BYTES, options.segmentBytes))
  const listed = newestMark(files, reader)
  const identified = files.map((file) => identify(file, listed.items, files, reader))
  const oldest = Math.max(1, listed.oldest, ...identified.map(({ header }) => header?.oldest ?? 0))
  const pool = new SegmentPool(disk, options, rules, oldest)
  let unreadable = 0
  for (const { name, file, header, isDamaged, size } of identified) {
    if (header === null && !canBeRead(file)) {
      // Nobody knows what is in it: it is not used again.
      file.close()
      disk.rename(name, `${name}${DAMAGED}`)
      unreadable += 1
      continue
    }
    if (header === null && size !== options.segmentBytes) {
      file.close()
      disk.remove(name)
      continue
    }
    const segment = pool.adopt(name, file, header?.bytes ?? size)
    segment.isDamaged = isDamaged
    if (header !== null) segment.begin(header.order, header.salt)
    pool.place(segment)
  }
  const recovery = new Recovery(pool, reader, listed.items)
  for (const segment of pool.log) recovery.read(segment)
  const { index, events } = recovery.finish()
  const isListed = new Set(listed.items.map(({ order }) => order))
  for (const segment of pool.log) {
    if (!isListed.has(segment.order)) rewrite(segment)
    segment.file.sync()
  }
  disk.syncFolder()
  return { pool, index, events, damaged: recovery.damaged + unreadable }
}

/**
 * Writes a segment's bytes where they are. After a sync that has failed the system may show bytes that are not on the medium and never
 * will be, and call them written; the journal that saw the failure may be gone. What a later segment lists was synced, or is not read.
 */
function rewrite({ file, end }: Segment): void {
  const piece = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, end))
  for (let at = 0; at < end; at += piece.byteLength) {
    const view = piece.subarray(0, Math.min(piece.byteLength, end - at))
    file.write([view.subarray(0, file.read(view, at))], at)
  }
}

interface FoundFile {
  readonly name: string
  readonly file: DiskFile
  readonly size: number
  readonly header: SegmentHeader | null
  readonly isDamaged: boolean
}

function canBeRead(file: DiskFile): boolean {
  try {
    file.read(new Uint8Array(1), 0)
    return true
  } catch {
    return false
  }
}

function openSegments(disk: Disk): readonly FoundFile[] {
  const names = disk.list().filter((name) => segmentNumber(name) !== null)
  return names.sort().map((name) => {
    const file = disk.open(name)
    const size = file.size()
    const found = readHeader(file)
    const header = found?.header ?? null
    return { name, file, size, header, isDamaged: header !== null && size < header.bytes }
  })
}

/** What the newest segment that begins with a mark lists: each does, unless its first sync never came. */
function newestMark(files: readonly FoundFile[], reader: SegmentReader) {
  const newestFirst = files.filter(({ header }) => header !== null).sort((a, b) => orderOf(b) - orderOf(a))
  for (const { name, file, header } of newestFirst) {
    if (header === null) continue
    const scan = new SegmentScan(reader, asSegment(name, file, header), DATA_START, header.bytes)
    if (!scan.next() || scan.offset !== DATA_START || scan.record.kind !== Kind.Mark) continue
    const items = scan.record.markItems().filter(({ order }) => order < header.order)
    return { oldest: scan.record.markOldest, items }
  }
  return { oldest: 0, items: [] }
}

/** A segment whose header is gone is known by its salt, when a mark lists that. */
function identify(
  found: FoundFile,
  items: readonly MarkItem[],
  files: readonly FoundFile[],
  reader: SegmentReader,
): FoundFile {
  if (found.header !== null || found.size <= DATA_START) return found
  const orders = new Set(files.map(orderOf))
  for (const { order, salt } of items) {
    if (orders.has(order)) continue
    const header = { salt: saltOf(salt), order, oldest: 0, bytes: found.size }
    const segment = asSegment(found.name, found.file, header)
    if (new SegmentScan(reader, segment, DATA_START, found.size).next()) return { ...found, header, isDamaged: true }
  }
  return found
}

function orderOf({ header }: FoundFile): number {
  return header?.order ?? 0
}

function asSegment(name: string, file: DiskFile, { salt, bytes }: SegmentHeader): Segment {
  return new Segment(0, name, file, bytes, salt)
}

/** Applies the records of one segment after the other. */
class Recovery {
  readonly #pool: SegmentPool
  readonly #reader: SegmentReader
  readonly #items: ReadonlyMap<number, MarkItem>
  readonly #index: JobIndex
  readonly #transitions: Transitions
  readonly #targets = new TargetCache()
  #events = new Uint32Array(1024)
  #oldest: number
  #damaged = 0

  constructor(pool: SegmentPool, reader: SegmentReader, items: readonly MarkItem[]) {
    this.#pool = pool
    this.#reader = reader
    this.#items = new Map(items.map((item) => [item.order, item]))
    this.#index = new JobIndex(pool)
    this.#transitions = new Transitions(this.#index)
    this.#oldest = pool.oldest
  }

  get damaged(): number {
    return this.#damaged
  }

  read(segment: Segment): void {
    const item = this.#items.get(segment.order)
    const scan = new SegmentScan(this.#reader, segment, DATA_START, item?.end ?? segment.bytes)
    const tally = new SegmentTally((job, location) => this.#damagedJob(job, location))
    while (scan.next()) {
      tally.record(scan)
      this.#apply(segment, scan, tally)
    }
    segment.end = item?.end ?? scan.position
    segment.syncedEnd = segment.end
    segment.isClosed = item?.isClosed ?? false
    segment.skipped = tally.finish(segment.isClosed, scan.position < segment.end) + this.#reader.unreadable
    if (segment.skipped > 0) segment.isDamaged = true
    this.#damaged += Math.max(0, segment.skipped - (item?.skipped ?? 0))
  }

  finish(): { readonly index: JobIndex; readonly events: number } {
    const index = this.#index
    const { columns } = index
    const reclaimed = (entry: Entry) => this.#pool.at(slotOf(columns.location(entry))).order < this.#oldest
    for (const entry of [...index.entries()].filter(reclaimed)) index.remove(entry)
    this.#pool.retireBelow(this.#oldest)
    index.orderLetters()
    let events = 0
    for (const entry of index.entries()) {
      if (index.isDead(entry)) continue
      events += this.#events[entry] ?? 0
      index.park(entry)
    }
    return { index, events }
  }

  #apply(segment: Segment, scan: SegmentScan, tally: SegmentTally): void {
    const { record } = scan
    const location = locationOf(segment.slot, scan.offset, segment.alignment)
    const transitions = this.#transitions
    if (record.kind === Kind.Job || record.kind === Kind.Letter) this.#applyBody(scan, location, tally)
    else if (record.kind === Kind.Dead) transitions.dead(record.id, record.deathLife, record.deathPosition, location)
    else if (record.kind === Kind.State) transitions.state(record.id, location)
    else if (record.kind === Kind.Mark) this.#oldest = Math.max(this.#oldest, record.markOldest)
    else if (record.kind === Kind.Done) {
      tally.settled(record.id)
      transitions.done(record.id)
    }
  }

  #applyBody(scan: SegmentScan, location: Location, tally: SegmentTally): void {
    const isWhole = scan.isBodyWhole()
    const { record } = scan
    const job = this.#newEntry(record)
    if (!isWhole) {
      tally.badBody({ ...job, id: Uint8Array.from(job.id), events: record.events }, location)
      return
    }
    const entry =
      record.kind === Kind.Letter
        ? this.#transitions.letter(job, record.deathPosition, location)
        : this.#transitions.job(job, location)
    this.#noteEvents(entry, record.events)
  }

  /** Its head is whole and its body is not: it is a job still, of which whoever reads it will hear. */
  #damagedJob(job: NewEntry & { readonly events: number }, location: Location): void {
    if (this.#index.find(job.id) !== NO_ENTRY) return
    this.#noteEvents(this.#transitions.job(job, location), job.events)
  }

  #noteEvents(entry: Entry, events: number): void {
    if (entry >= this.#events.length) {
      const more = new Uint32Array(Math.max(this.#events.length * 2, entry + 1))
      more.set(this.#events)
      this.#events = more
    }
    this.#events[entry] = events
  }

  #newEntry(record: RecordView): NewEntry {
    const { id, life, seq, bodyBytes } = record
    return { id, life, seq, bodyBytes, target: this.#targets.of(record) }
  }
}
