import { StoreDownError, StoreFullError } from '../errors.js'
import { hasRoomAgain } from '../room.js'
import { markBytes } from './encode-record.js'
import type { JobIndex } from './job-index.js'
import { aligned, alignmentOf } from './location.js'
import type { JournalOptions } from './options.js'
import type { Reclaim } from './reclaim.js'
import { DATA_START } from './segment-header.js'
import type { SegmentPool } from './segment-pool.js'
import type { Writer } from './writer.js'

/** With `sync: 'process'`: how long what was written waits for a sync. */
const SYNC_EVERY_MS = 30_000
/** More segments than there may be, for changes only: crashes and failures can take away all that were left free. */
const BEYOND = 4
/** How long a disk that could not take another segment is not asked again. */
const GROW_AGAIN_MS = 1000
/** Free segments that new jobs leave alone: one for changes, and those for copies, so that what settles jobs always finds room. */
const LEFT_BY_JOBS = 3
/** Free segments that changes leave alone. What lives in the oldest segment, with the marks that come again, fits into two. */
const LEFT_BY_CHANGES = 2
/** Free segments that are kept, so that jobs find one to go on with. */
const KEPT_FREE = LEFT_BY_JOBS + 1
/** Free segments beyond those stay too: else a flood removes as many as it prepares. */
const SPARE_FREE = 2
/** Segments are reclaimed from this many times the live bytes on, and when nearly all that there may be are in use. */
const SPACIOUS = 3
/** Segments beyond those, so that what was written last settles and need not be copied. */
const LEFT_TO_SETTLE = 2
/** Bytes of the next segment that are prepared after a group. */
const GROWTH_SLICE = 1024 * 1024
/** One in so many segments is left when reclaim begins: the later it begins, the less it has to copy. */
const BEGINS_WITH = 32
/** Slices at once, when there are no segments left but those that are kept. */
const HURRIED_SLICES = 4
/** New jobs are refused when the live bytes would be more than this share. */
const FULL_SHARE = 0.7

/** A group to be written: how much it is, at the most. */
export interface GroupSize {
  /** The padding of records aside. */
  readonly bytes: number
  readonly records: number
  readonly largest: number
  readonly hasJobs: boolean
}

interface Parts {
  readonly pool: SegmentPool
  readonly index: JobIndex
  readonly writer: Writer
  readonly reclaim: Reclaim
}

export interface LogOptions extends Pick<JournalOptions, 'sync' | 'clock'> {
  readonly segmentBytes: number
  readonly mostSegments: number
}

const NO_SPACE = 'the file system has no room for the journal'

/** Writes groups of records, and keeps room for the next ones. */
export class Log {
  readonly #parts: Parts
  readonly #options: LogOptions
  #syncedAt: number
  #growFailure: { readonly at: number; readonly error: unknown } | null = null

  constructor(parts: Parts, options: LogOptions) {
    this.#parts = parts
    this.#options = options
    this.#syncedAt = options.clock.monotonicNow()
  }

  /** Whether jobs of so many more bytes are too much. */
  wouldBeFull(bytes: number): boolean {
    return this.#liveBytes + bytes > this.#mostLiveBytes
  }

  /** Whether jobs find room again after they did not. */
  get hasRoomAgain(): boolean {
    return hasRoomAgain(this.#liveBytes, this.#mostLiveBytes)
  }

  get #liveBytes(): number {
    const { index } = this.#parts
    return index.jobs.storedBytes + index.dead.storedBytes
  }

  get #mostLiveBytes(): number {
    const { mostSegments, segmentBytes } = this.#options
    const segments = Math.min(mostSegments * FULL_SHARE, mostSegments - KEPT_FREE)
    return segments * (segmentBytes - DATA_START)
  }

  /**
   * Writes a group, and returns when it is as safe as the options say. The index may be changed then, and not before.
   * @throws StoreFullError, StoreDownError: any part of the group may have been written
   */
  write(size: GroupSize, write: () => void): void {
    const { reclaim } = this.#parts
    try {
      this.#makeRoom(size)
      reclaim.mark()
      write()
      this.#sync()
    } catch (error) {
      throw this.#failed(error)
    }
    reclaim.settle()
  }

  /** Work that nobody waits for. What fails in it is tried again later, and costs no group anything. */
  tidy(): void {
    const { pool, reclaim } = this.#parts
    try {
      const slices = this.#used() + KEPT_FREE >= this.#options.mostSegments ? HURRIED_SLICES : 1
      for (let slice = 0; slice < slices && (!reclaim.isIdle || this.#isReclaimDue()); slice++) this.#reclaimSlice()
      if (pool.free.length < KEPT_FREE) this.#grow(0, GROWTH_SLICE)
      pool.trim(Math.max(KEPT_FREE + SPARE_FREE, pool.log.length))
    } catch (error) {
      this.#failed(error)
    }
  }

  /** Prepares the segments that the first groups need, so that these need not wait. What fails is tried again with the first group. */
  prepare(): void {
    try {
      while (this.#parts.pool.free.length < KEPT_FREE && this.#grow());
    } catch (error) {
      this.#failed(error)
    }
  }

  /** Brings all that was written onto the medium. @throws StoreDownError */
  sync(): void {
    try {
      this.#parts.writer.sync()
    } catch (error) {
      throw this.#failed(error)
    }
    this.#parts.reclaim.settle()
  }

  #sync(): void {
    const { writer, reclaim } = this.#parts
    const { sync, clock } = this.#options
    const now = clock.monotonicNow()
    if (sync === 'power' || reclaim.waitsForGroup || now - this.#syncedAt >= SYNC_EVERY_MS) {
      writer.sync()
      this.#syncedAt = now
    } else writer.flush()
  }

  #reclaimSlice(): void {
    const { writer, reclaim } = this.#parts
    reclaim.step()
    if (this.#options.sync === 'power') return
    // Else groups would count before the copies do, and these could not be taken back when a sync fails.
    writer.sync()
    reclaim.settle()
  }

  #isReclaimDue(): boolean {
    const { pool } = this.#parts
    const { mostSegments, segmentBytes } = this.#options
    const [oldest] = pool.log
    if (oldest?.live === 0 && pool.log.length > 1) return true
    const isSpacious = (pool.log.length - LEFT_TO_SETTLE) * segmentBytes >= SPACIOUS * this.#liveBytes
    const kept = KEPT_FREE + Math.ceil(mostSegments / BEGINS_WITH)
    return isSpacious || this.#used() + kept >= mostSegments
  }

  #used(): number {
    return this.#parts.pool.log.length
  }

  #makeRoom(size: GroupSize): void {
    const { pool } = this.#parts
    const left = size.hasJobs ? LEFT_BY_JOBS : LEFT_BY_CHANGES
    // Each round frees the oldest segment: when none of them has brought room, there is none.
    for (let rounds = pool.log.length + 1; this.#lacksRoom(size, left); rounds--) {
      if (this.#grow()) continue
      if (rounds > 0 && this.#reclaimOne(!size.hasJobs)) continue
      if (size.hasJobs || !this.#grow(BEYOND)) throw this.#noRoom()
    }
  }

  /** @returns what to throw */
  #noRoom(): StoreFullError {
    const failure = this.#growFailure
    if (failure === null) return new StoreFullError('the journal has no room')
    return new StoreFullError(NO_SPACE, { cause: failure.error })
  }

  /**
   * @param mayEvict whether letters may go for which there is no room
   * @returns false when there is no room for the copies
   */
  #reclaimOne(mayEvict: boolean): boolean {
    const { writer, reclaim } = this.#parts
    try {
      while (reclaim.step(mayEvict));
      writer.sync()
      reclaim.settle()
      reclaim.mark()
      writer.sync()
      reclaim.settle()
      return true
    } catch (error) {
      if (!(error instanceof StoreFullError)) throw error
      writer.abandon()
      reclaim.revert()
      return false
    }
  }

  #lacksRoom({ bytes, records, largest }: GroupSize, left: number): boolean {
    const { pool, writer } = this.#parts
    const { segmentBytes } = this.#options
    const mark = aligned(markBytes(pool.log.length + 1), alignmentOf(segmentBytes))
    const padded = bytes + records * alignmentOf(segmentBytes) + mark
    if (padded <= writer.room) return false
    const capacity = segmentBytes - DATA_START - mark
    const needed = Math.min(records, Math.ceil(padded / Math.max(1, capacity - largest)))
    return pool.free.length < needed + left
  }

  /** @param beyond how many more segments there may be than the options say */
  #grow(beyond = 0, most = Number.POSITIVE_INFINITY): boolean {
    const now = this.#options.clock.monotonicNow()
    const failure = this.#growFailure
    if (failure !== null && now < failure.at + GROW_AGAIN_MS) {
      if (isNoSpace(failure.error)) return false
      throw failure.error
    }
    try {
      this.#growFailure = null
      return this.#parts.pool.grow(beyond, most)
    } catch (error) {
      this.#growFailure = { at: now, error }
      if (isNoSpace(error)) return false
      throw error
    }
  }

  /** @returns what to throw */
  #failed(error: unknown): Error {
    const { writer, reclaim } = this.#parts
    writer.abandon()
    reclaim.revert()
    if (error instanceof StoreFullError) return error
    if (isNoSpace(error)) return new StoreFullError(NO_SPACE, { cause: error })
    return new StoreDownError('the journal cannot be written', { cause: error })
  }
}

function isNoSpace(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'ENOSPC' || code === 'EDQUOT'
}
