import { StoreFullError } from '../errors.js'
import type { Disk, DiskFile } from './disk.js'
import type { MarkItem } from './encode-record.js'
import type { Rules } from './rules.js'
import { SALT_BYTES, saltOf } from './salt.js'
import { Segment } from './segment.js'
import { writeHeader } from './segment-header.js'

const ZEROS = Buffer.alloc(1024 * 1024)
/** Segments that were damaged are kept for people to look at, so many of them. */
const MOST_PUT_ASIDE = 4
export const DAMAGED = '.damaged'
const SEGMENT_NAME = /^journal-(\d{8,})\.log$/
const DAMAGED_NAME = /^journal-\d{8,}\.log\.damaged$/

export function segmentNumber(name: string): number | null {
  const [, digits] = SEGMENT_NAME.exec(name) ?? []
  return digits === undefined ? null : Number(digits)
}

export interface PoolOptions {
  readonly segmentBytes: number
  readonly mostSegments: number
  readonly random: (bytes: number) => Uint8Array
}

/**
 * The segments' files: the log, which holds the records, and the free ones. Segments below `oldest` have been reclaimed, and that is on
 * the medium before any of them is free.
 */
export class SegmentPool {
  readonly #disk: Disk
  readonly #options: PoolOptions
  readonly #rules: Rules
  readonly #bySlot: (Segment | null)[] = []
  readonly #log: Segment[] = []
  readonly #free: Segment[] = []
  /** Nothing in them counts, and they could not be removed yet. */
  readonly #broken: Segment[] = []
  /** The one that is being prepared, and how much of it is. */
  #growing: { readonly segment: Segment; readonly zeroed: number } | null = null
  #oldest: number
  #nextOrder: number
  #nextNumber = 1

  /** @param oldest what `oldest` is, from recovery */
  constructor(disk: Disk, options: PoolOptions, rules: Rules, oldest: number) {
    this.#disk = disk
    this.#options = options
    this.#rules = rules
    this.#oldest = oldest
    this.#nextOrder = oldest
  }

  get oldest(): number {
    return this.#oldest
  }

  /** What the medium is told of `oldest`. */
  get shownOldest(): number {
    return this.#rules.shownOldest(this.#oldest)
  }

  /** The order of the segment that is taken next. */
  get nextOrder(): number {
    return this.#nextOrder
  }

  /** The log in its order. The last one may be written. */
  get log(): readonly Segment[] {
    return this.#log
  }

  get free(): readonly Segment[] {
    return this.#free
  }

  get storedBytes(): number {
    return this.#files() * this.#options.segmentBytes
  }

  at(slot: number): Segment {
    const segment = this.#bySlot[slot]
    if (segment == null) throw new Error(`no segment has the slot ${slot}`)
    return segment
  }

  /** Takes over a file that was there at the start. */
  adopt(name: string, file: DiskFile, bytes: number): Segment {
    const segment = this.#register(name, file, bytes)
    this.#nextNumber = Math.max(this.#nextNumber, (segmentNumber(name) ?? 0) + 1)
    return segment
  }

  /** Sorts an adopted segment in. */
  place(segment: Segment): void {
    const list = segment.order >= this.#oldest ? this.#log : this.#free
    list.push(segment)
    list.sort((a, b) => a.order - b.order)
    this.#nextOrder = Math.max(this.#nextOrder, segment.order + 1)
  }

  /**
   * Prepares one more free segment, or goes on with the one that is being prepared.
   * @param beyond how many more there may be than the options say
   * @param most bytes that are zeroed and synced before it returns: the next call goes on from there
   * @returns false when the journal has as many as it may have
   */
  grow(beyond = 0, most = Number.POSITIVE_INFINITY): boolean {
    this.#growing ??= this.#create(beyond)
    if (this.#growing === null) return false
    const { segment, zeroed } = this.#growing
    const end = Math.min(zeroed + most, segment.bytes)
    try {
      for (let at = zeroed; at < end; at += ZEROS.byteLength) {
        segment.file.write([ZEROS.subarray(0, Math.min(ZEROS.byteLength, end - at))], at)
      }
      segment.file.sync()
      if (end === segment.bytes) this.#disk.syncFolder()
    } catch (error) {
      this.#growing = null
      this.#broken.push(segment)
      this.#removeBroken()
      throw error
    }
    this.#growing = end === segment.bytes ? null : { segment, zeroed: end }
    if (this.#growing === null) this.#free.unshift(segment)
    return true
  }

  /**
   * Makes a free segment part of the log.
   * @throws StoreFullError when none is free, and what the system says when it cannot be written
   */
  take(): Segment {
    const segment = this.#rules.nextFree(this.#free)
    if (segment === undefined) throw new StoreFullError('the journal has no free segment')
    this.#free.splice(this.#free.indexOf(segment), 1)
    segment.begin(this.#nextOrder++, saltOf(this.#options.random(SALT_BYTES)))
    try {
      const { salt, order, bytes } = segment
      writeHeader(segment.file, { salt, order, oldest: this.shownOldest, bytes })
    } catch (error) {
      this.#broken.push(segment)
      throw error
    }
    this.#log.push(segment)
    return segment
  }

  /** Takes a segment out of the log in which nothing counts, because its first write failed. */
  discard(segment: Segment): void {
    this.#log.splice(this.#log.indexOf(segment), 1)
    this.#broken.push(segment)
  }

  /** Frees all segments below. Nothing in them counts any more, and a mark on the medium says so. */
  retireBelow(oldest: number): void {
    this.#oldest = oldest
    for (const segment of this.#log.filter(({ order }) => order < oldest)) {
      this.#log.splice(this.#log.indexOf(segment), 1)
      if (segment.isDamaged) this.#putAside(segment)
      else if (segment.hasFailed || segment.bytes !== this.#options.segmentBytes) this.#broken.push(segment)
      else this.#free.push(segment)
    }
    this.#free.sort((a, b) => a.order - b.order)
    this.#removeBroken()
  }

  /** Removes the oldest free segment when there are more than that many. */
  trim(most: number): void {
    const [oldest] = this.#free
    if (oldest === undefined || this.#free.length <= most) return
    this.#free.shift()
    this.#broken.push(oldest)
    this.#removeBroken()
  }

  /** What a mark says of the log. */
  items(): readonly MarkItem[] {
    return this.#log.map(({ order, salt, end, syncedEnd, skipped, isClosed, hasFailed }) => ({
      order,
      salt: salt.bytes,
      end: hasFailed ? syncedEnd : end,
      skipped,
      isClosed: isClosed || hasFailed,
    }))
  }

  close(): void {
    for (const segment of this.#bySlot) segment?.file.close()
  }

  #create(beyond: number): { readonly segment: Segment; readonly zeroed: number } | null {
    this.#removeBroken()
    if (this.#files() >= this.#options.mostSegments + beyond) return null
    const name = `journal-${String(this.#nextNumber++).padStart(8, '0')}.log`
    const file = this.#disk.create(name)
    return { segment: this.#register(name, file, this.#options.segmentBytes), zeroed: 0 }
  }

  #files(): number {
    const growing = this.#growing === null ? 0 : 1
    return this.#log.length + this.#free.length + this.#broken.length + growing
  }

  #register(name: string, file: DiskFile, bytes: number): Segment {
    const hole = this.#bySlot.indexOf(null)
    const slot = hole === -1 ? this.#bySlot.length : hole
    const segment = new Segment(slot, name, file, bytes, saltOf(new Uint8Array(SALT_BYTES)))
    this.#bySlot[slot] = segment
    return segment
  }

  /** A file that cannot be removed now is tried again later: nothing in it counts. */
  #removeBroken(): void {
    for (const segment of [...this.#broken]) {
      try {
        if (this.#disk.list().includes(segment.name)) this.#disk.remove(segment.name)
        this.#disk.syncFolder()
      } catch {
        return
      }
      this.#forget(segment)
      this.#broken.splice(this.#broken.indexOf(segment), 1)
    }
  }

  #putAside(segment: Segment): void {
    try {
      this.#disk.rename(segment.name, `${segment.name}${DAMAGED}`)
      this.#disk.syncFolder()
    } catch {
      this.#broken.push(segment)
      return
    }
    this.#forget(segment)
    const aside = this.#disk.list().filter((name) => DAMAGED_NAME.test(name))
    for (const name of aside.sort().slice(0, -MOST_PUT_ASIDE)) this.#disk.remove(name)
  }

  #forget(segment: Segment): void {
    segment.file.close()
    this.#bySlot[segment.slot] = null
  }
}
