import type { JobTarget } from '../job.js'
import { Endpoints, type StoredEndpoint } from './endpoints.js'
import { IdTable } from './id-table.js'
import { type Entry, Flag, JobColumns, NO_ENTRY } from './job-columns.js'
import { LetterOrder } from './letter-order.js'
import { aligned, type Location, NOWHERE, slotOf } from './location.js'
import { JobAt } from './record.js'
import type { SegmentPool } from './segment-pool.js'

const RECORD_STEP = 64

/** What a new entry begins with. */
export interface NewEntry {
  readonly id: Uint8Array
  readonly life: number
  readonly seq: number
  readonly target: JobTarget
  readonly bodyBytes: number
}

/** Totals of the stored jobs, or of the letters. */
export interface Total {
  readonly count: number
  /** Of bodies. */
  readonly bytes: number
  /** Of records. */
  readonly storedBytes: number
}

/**
 * All stored jobs and letters, in memory: where each one lies, whose it is, and who comes next. A job is held, parked or dead (a letter);
 * the methods are the transitions between these.
 */
export class JobIndex {
  readonly columns = new JobColumns()
  readonly endpoints = new Endpoints(this.columns)
  readonly #table = new IdTable(this.columns)
  readonly #pool: SegmentPool
  readonly #jobs = { count: 0, bytes: 0, storedBytes: 0 }
  readonly #dead = { count: 0, bytes: 0, storedBytes: 0 }
  #letters = new LetterOrder()
  #highestSeq = 0
  #highestPosition = 0

  constructor(pool: SegmentPool) {
    this.#pool = pool
  }

  get jobs(): Total {
    return this.#jobs
  }

  get dead(): Total {
    return this.#dead
  }

  get letters(): LetterOrder {
    return this.#letters
  }

  get highestSeq(): number {
    return this.#highestSeq
  }

  get highestPosition(): number {
    return this.#highestPosition
  }

  find(id: Uint8Array): Entry {
    return this.#table.find(id)
  }

  id(entry: Entry): Uint8Array {
    const id = new Uint8Array(24)
    this.#table.copyId(entry, id)
    return id
  }

  entries(): IterableIterator<Entry> {
    return this.#table.entries()
  }

  isDead(entry: Entry): boolean {
    return this.columns.has(entry, Flag.Dead)
  }

  isHeld(entry: Entry): boolean {
    return this.columns.has(entry, Flag.Held)
  }

  endpoint(entry: Entry): StoredEndpoint {
    return this.endpoints.at(this.columns.endpoint(entry))
  }

  /** What its record takes up. The same at any time in its life. */
  storedBytes(entry: Entry): number {
    const { names } = this.endpoint(entry)
    return aligned(JobAt.names + names.byteLength + this.columns.bodyBytes(entry), RECORD_STEP)
  }

  /** Adds a job, held. */
  add({ id, life, seq, target, bodyBytes }: NewEntry, location: Location): Entry {
    const { columns } = this
    const number = this.endpoints.intern(target)
    const entry = columns.allocate()
    columns.setBodyBytes(entry, bodyBytes)
    columns.setEndpoint(entry, number)
    columns.setLife(entry, life)
    columns.setLater(entry, NOWHERE)
    columns.set(entry, Flag.Held)
    this.setSeq(entry, seq)
    this.#table.add(id, entry)
    this.endpoints.at(number).entries += 1
    this.#count(this.#jobs, entry, 1)
    this.#pool.at(slotOf(location)).live += 1
    columns.setLocation(entry, location)
    return entry
  }

  /** Forgets a job or a letter. */
  remove(entry: Entry): void {
    const { columns } = this
    const endpoint = this.endpoint(entry)
    if (this.isDead(entry)) this.#leaveLetters(entry)
    else {
      this.hold(entry)
      this.#count(this.#jobs, entry, -1)
    }
    this.#pool.at(slotOf(columns.location(entry))).live -= 1
    endpoint.entries -= 1
    this.#table.remove(entry)
    if (columns.has(entry, Flag.Queued)) columns.set(entry, Flag.Gone)
    else columns.free(entry)
  }

  /** Held → parked. */
  park(entry: Entry): void {
    if (!this.isHeld(entry) || this.isDead(entry)) return
    const endpoint = this.endpoint(entry)
    this.columns.clear(entry, Flag.Held)
    endpoint.order.add(entry)
    endpoint.parkedBytes += this.columns.bodyBytes(entry)
  }

  /** Parked → held. */
  hold(entry: Entry): void {
    if (this.isHeld(entry) || this.isDead(entry)) return
    const endpoint = this.endpoint(entry)
    this.columns.set(entry, Flag.Held)
    endpoint.order.drop()
    endpoint.parkedBytes -= this.columns.bodyBytes(entry)
  }

  /** Parked → held. @returns the endpoint's parked job of the lowest seq, or `NO_ENTRY` */
  takeFirst(endpoint: StoredEndpoint): Entry {
    const entry = endpoint.order.take()
    if (entry === NO_ENTRY) return entry
    this.columns.set(entry, Flag.Held)
    endpoint.parkedBytes -= this.columns.bodyBytes(entry)
    return entry
  }

  /** Job → letter. @param position above those of all letters, unless the order is made later, by `orderLetters` */
  bury(entry: Entry, position: number): void {
    const { columns } = this
    this.hold(entry)
    this.#forgetOrder(entry)
    this.#count(this.#jobs, entry, -1)
    this.#count(this.#dead, entry, 1)
    columns.set(entry, Flag.Dead)
    columns.setSeq(entry, position)
    if (position > this.#highestPosition) this.#letters.add(position, entry)
    this.#highestPosition = Math.max(this.#highestPosition, position)
  }

  /** Letter → held job of another life. */
  revive(entry: Entry, life: number, seq: number): void {
    const { columns } = this
    this.#leaveLetters(entry)
    columns.clear(entry, Flag.Dead)
    columns.set(entry, Flag.Held)
    columns.setLife(entry, life)
    this.setSeq(entry, seq)
    this.#count(this.#jobs, entry, 1)
  }

  /** Orders all letters by their positions, after they were buried in another order. */
  orderLetters(): void {
    const { columns } = this
    const dead = [...this.entries()].filter((entry) => this.isDead(entry))
    this.#letters = new LetterOrder()
    for (const entry of dead.sort((a, b) => columns.seq(a) - columns.seq(b))) {
      this.#letters.add(columns.seq(entry), entry)
    }
  }

  /** The body lies elsewhere, and `later` does. */
  move(entry: Entry, location: Location, later: Location): void {
    const { columns } = this
    this.#pool.at(slotOf(columns.location(entry))).live -= 1
    this.#pool.at(slotOf(location)).live += 1
    columns.setLocation(entry, location)
    columns.setLater(entry, later)
  }

  setSeq(entry: Entry, seq: number): void {
    this.#forgetOrder(entry)
    this.columns.setSeq(entry, seq)
    this.noteSeq(seq)
  }

  noteSeq(seq: number): void {
    this.#highestSeq = Math.max(this.#highestSeq, seq)
  }

  notePosition(position: number): void {
    this.#highestPosition = Math.max(this.#highestPosition, position)
  }

  #leaveLetters(entry: Entry): void {
    this.#letters.remove(this.columns.seq(entry))
    this.#count(this.#dead, entry, -1)
  }

  /** What the endpoint's order goes by is about to change. */
  #forgetOrder(entry: Entry): void {
    if (this.columns.has(entry, Flag.Queued)) this.endpoint(entry).order.forget(entry)
  }

  #count(total: { count: number; bytes: number; storedBytes: number }, entry: Entry, sign: 1 | -1): void {
    const bodyBytes = this.columns.bodyBytes(entry)
    total.count += sign
    total.bytes += sign * bodyBytes
    total.storedBytes += sign * this.storedBytes(entry)
  }
}
