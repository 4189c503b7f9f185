import { StoreFullError } from '../errors.js'
import { JOB_ID_BYTES, type Job, type JobHead, type JobTarget } from '../job.js'
import type { Backlog, Group, JobChange, JobStore } from '../job-store.js'
import { hasRoomAgain } from '../room.js'
import { deathBytes, type PlacedDeath } from './encode-record.js'
import { type Entry, NO_ENTRY } from './job-columns.js'
import type { JobIndex } from './job-index.js'
import type { LetterLimits } from './letter-limits.js'
import { type Location, NOWHERE } from './location.js'
import type { GroupSize, Log } from './log.js'
import { At, JobAt, StateAt } from './record.js'
import type { RecordReader } from './record-reader.js'
import type { SegmentPool } from './segment-pool.js'
import type { Transitions } from './transitions.js'
import { Unsure } from './unsure.js'
import type { Writer } from './writer.js'

interface Parts {
  readonly pool: SegmentPool
  readonly index: JobIndex
  readonly writer: Writer
  readonly log: Log
  readonly records: RecordReader
  readonly transitions: Transitions
  readonly limits: LetterLimits
}

interface JournalLimits {
  readonly maxJobs: number
  /** The longest body that fits into a segment. */
  readonly longestBody: number
}

interface Writing {
  readonly jobs: readonly Job[]
  readonly changes: readonly JobChange[]
  readonly size: GroupSize
  /** The jobs of the group, those among them that were stored already. */
  readonly given: readonly Job[]
}

/**
 * The jobs of a journal. A group that is refused as full was not stored in any part: its changes may be sent again without its jobs, and
 * those always find room. An empty group does what is due: it reclaims, removes old letters, syncs; it should come every second or so.
 */
export class Journal implements JobStore {
  readonly #parts: Parts
  readonly #limits: JournalLimits
  readonly #unsure = new Unsure()
  #lost = 0
  #lettersEvicted = 0

  constructor(parts: Parts, limits: JournalLimits) {
    this.#parts = parts
    this.#limits = limits
  }

  /** Jobs that were dropped because their heads could not be read any more. */
  get lost(): number {
    return this.#lost
  }

  get lettersEvicted(): number {
    return this.#lettersEvicted
  }

  /** @throws also RangeError for a body that is longer than a segment, or names that are longer than a record takes; nothing is stored then */
  async commit(group: Group): Promise<void> {
    const { log, limits, pool } = this.#parts
    const jobs = this.#newJobs(group.jobs)
    const removals = limits.due()
    const changes = [...removals, ...this.#thatCount(group.changes, jobs)]
    const size = this.#sizeOf(jobs, changes)
    if (jobs.length > 0) this.#refuseIfFull(jobs, size.bytes)
    try {
      this.#write({ jobs, changes, size, given: group.jobs })
    } catch (error) {
      this.#unsure.add(jobs.map(keyOfJob), pool.nextOrder)
      throw error
    }
    this.#lettersEvicted += removals.length
    this.#unsure.dropBelow(pool.oldest)
    log.tidy()
  }

  async probe(): Promise<void> {
    const { log, writer } = this.#parts
    const nobodys: JobChange = { kind: 'done', id: new Uint8Array(JOB_ID_BYTES) }
    log.write(this.#sizeOf([], [nobodys]), () => {
      writer.done(nobodys.id)
    })
  }

  hasRoomAgain(): boolean {
    const { index, log } = this.#parts
    return hasRoomAgain(index.jobs.count, this.#limits.maxJobs) && log.hasRoomAgain
  }

  claim(id: Uint8Array): boolean {
    const { index } = this.#parts
    const entry = index.find(id)
    if (entry === NO_ENTRY || index.isDead(entry)) return false
    index.hold(entry)
    return true
  }

  *backlogs(): IterableIterator<Backlog> {
    for (const { target, order, parkedBytes } of this.#parts.index.endpoints.all()) {
      if (order.parked > 0) yield { target, jobs: order.parked, bytes: parkedBytes }
    }
  }

  async take(target: JobTarget, limit: number): Promise<readonly JobHead[]> {
    const { index, records } = this.#parts
    const number = index.endpoints.find(target)
    if (number === null) return []
    const endpoint = index.endpoints.at(number)
    const heads: JobHead[] = []
    while (heads.length < limit) {
      const entry = index.takeFirst(endpoint)
      if (entry === NO_ENTRY) break
      const stored = records.head(entry)
      if (stored === null) this.#lose(entry)
      else heads.push(stored.head)
    }
    return heads
  }

  async read(id: Uint8Array, into: Uint8Array): Promise<'read' | 'damaged' | 'gone'> {
    const { index, records } = this.#parts
    const entry = index.find(id)
    if (entry === NO_ENTRY || index.isDead(entry)) return 'gone'
    const bytes = index.columns.bodyBytes(entry)
    if (records.body(entry, into.subarray(0, bytes))) return 'read'
    this.#buryDamaged(id, entry)
    return 'damaged'
  }

  async close(): Promise<void> {
    const { log, pool } = this.#parts
    try {
      log.sync()
    } finally {
      pool.close()
    }
  }

  #newJobs(jobs: readonly Job[]): readonly Job[] {
    const { index } = this.#parts
    return jobs.filter(({ head, body }) => {
      if (body.byteLength > this.#limits.longestBody) {
        throw new RangeError(
          `a body of ${body.byteLength} bytes is larger than the journal accepts, ${this.#limits.longestBody} bytes; raise queue.disk.max_bytes`,
        )
      }
      const entry = index.find(head.id)
      return entry === NO_ENTRY || head.life > index.columns.life(entry)
    })
  }

  /** The changes of something that is stored, or may be. */
  #thatCount(changes: readonly JobChange[], jobs: readonly Job[]): readonly JobChange[] {
    if (changes.length === 0) return changes
    const { index } = this.#parts
    let stored: ReadonlySet<string> | null = null
    return changes.filter(({ kind, id }) => {
      // No record is written of a release, and one of an unknown job does nothing.
      if (kind === 'release' || index.find(id) !== NO_ENTRY) return true
      stored ??= new Set(jobs.map(keyOfJob))
      return stored.has(keyOf(id)) || this.#unsure.has(keyOf(id))
    })
  }

  #sizeOf(jobs: readonly Job[], changes: readonly JobChange[]): GroupSize {
    let bytes = 0
    let largest = 0
    let records = 0
    for (const { head, body } of jobs) {
      const record = jobBytes(head, body)
      bytes += record
      largest = Math.max(largest, record)
      records += 1
    }
    for (const change of changes) {
      if (change.kind === 'release') continue
      const record = changeBytes(change)
      bytes += record
      largest = Math.max(largest, record)
      records += 1
    }
    return { bytes, records, largest, hasJobs: jobs.length > 0 }
  }

  #refuseIfFull(jobs: readonly Job[], bytes: number): void {
    const { index, log } = this.#parts
    if (index.jobs.count + jobs.length > this.#limits.maxJobs) {
      throw new StoreFullError(`the journal holds ${index.jobs.count} of at most ${this.#limits.maxJobs} jobs`)
    }
    if (log.wouldBeFull(bytes)) throw new StoreFullError('the journal has no room for new jobs')
  }

  #write({ jobs, changes, size, given }: Writing): void {
    const { log, transitions } = this.#parts
    const places: Location[] = []
    const deaths: PlacedDeath[] = []
    log.write(size, () => {
      for (const job of jobs) places.push(this.#writeJob(job))
      for (const change of changes) places.push(this.#writeChange(change, deaths))
    })
    let next = 0
    for (const { head } of jobs) transitions.job(head, places[next++] ?? NOWHERE)
    // Those that were written are held already.
    if (given.length > jobs.length) for (const { head } of given) this.#hold(head.id)
    for (const change of changes) this.#apply(change, places[next++] ?? NOWHERE, deaths)
  }

  #writeJob({ head, body }: Job): Location {
    const { index, writer } = this.#parts
    return writer.job(head, index.endpoints.at(index.endpoints.intern(head.target)), body)
  }

  #writeChange(change: JobChange, deaths: PlacedDeath[]): Location {
    const { index, writer } = this.#parts
    if (change.kind === 'done') return writer.done(change.id)
    if (change.kind === 'state') return writer.state(change.id, change.state)
    if (change.kind === 'release') return NOWHERE
    const death = { ...change.death, position: index.highestPosition + deaths.length + 1 }
    deaths.push(death)
    return writer.dead(change.id, death)
  }

  #apply(change: JobChange, location: Location, deaths: PlacedDeath[]): void {
    const { index, transitions } = this.#parts
    if (change.kind === 'done') transitions.done(change.id)
    else if (change.kind === 'state') transitions.state(change.id, location)
    else if (change.kind === 'release') this.#release(index.find(change.id))
    else {
      const death = deaths.shift()
      if (death !== undefined) transitions.dead(change.id, death.life, death.position, location)
    }
  }

  #release(entry: Entry): void {
    if (entry !== NO_ENTRY) this.#parts.index.park(entry)
  }

  #hold(id: Uint8Array): void {
    const { index } = this.#parts
    const entry = index.find(id)
    if (entry !== NO_ENTRY) index.hold(entry)
  }

  #buryDamaged(id: Uint8Array, entry: Entry): void {
    const { index, log, records, transitions, writer } = this.#parts
    const stored = records.head(entry)
    if (stored === null) {
      this.#lose(entry)
      return
    }
    const { life, attempts, status } = stored.head
    const error = 'the stored body is not what was written'
    const position = index.highestPosition + 1
    const death: PlacedDeath = { life, attempts, status, cause: 'damaged', error, diedAt: this.#now(), position }
    let location = NOWHERE
    log.write(this.#sizeOf([], [{ kind: 'dead', id, death }]), () => {
      location = writer.dead(id, death)
    })
    transitions.dead(id, life, position, location)
  }

  #now(): number {
    return this.#parts.limits.now()
  }

  #lose(entry: Entry): void {
    this.#parts.index.remove(entry)
    this.#lost += 1
  }
}

function jobBytes({ target }: JobHead, body: Uint8Array): number {
  // Three bytes of UTF-8 for each unit of UTF-16 are the most.
  return JobAt.names + 3 * (target.app.length + target.endpoint.length) + body.byteLength
}

function changeBytes(change: Exclude<JobChange, { kind: 'release' }>): number {
  return change.kind === 'dead' ? At.end + deathBytes(change.death) : StateAt.end
}

function keyOfJob({ head }: Job): string {
  return keyOf(head.id)
}

function keyOf(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1')
}
