import type { JobHead, JobTarget } from '../job.js'
import type { Backlog, Death, LetterSelection } from '../job-store.js'
import type { Lane } from './lane.js'
import { ParkedJobs } from './parked-jobs.js'
import { type FoundJob, type FoundLetter, keyOf, type StoredJob } from './stored-job.js'

interface Total {
  count: number
  bytes: number
}

/** All jobs and letters of the lanes of this process, without bodies. Its methods are the transitions between held, parked and dead. */
export class JobTable {
  readonly live: Total = { count: 0, bytes: 0 }
  readonly dead: Total = { count: 0, bytes: 0 }
  highestSeq = 0
  readonly #jobs = new Map<string, StoredJob>()
  readonly #letters = new Map<number, StoredJob>()
  readonly #parked = new Map<string, ParkedJobs>()
  #orders = 0
  #positions = 0

  find(id: Uint8Array): StoredJob | undefined {
    return this.#jobs.get(keyOf(id))
  }

  has(job: StoredJob): boolean {
    return this.#jobs.get(job.key) === job
  }

  /** Adds a job that is in no table. */
  add(lane: Lane, { entry, head }: FoundJob, place: 'held' | 'parked'): StoredJob {
    const order = ++this.#orders
    const job: StoredJob = { key: keyOf(head.id), lane, entry, head, place, order, position: 0, diedAt: 0 }
    this.#jobs.set(job.key, job)
    this.highestSeq = Math.max(this.highestSeq, head.seq)
    this.#count(job, 1)
    if (place === 'parked') this.#parkedOf(head.target).add(job)
    return job
  }

  /** Adds a letter that is in no table, behind all others. */
  addLetter(lane: Lane, { entry, head, death }: FoundLetter): void {
    const job = this.add(lane, { entry, head }, 'held')
    this.bury(job, entry, death)
  }

  /** A letter lies in another lane now. One that is in no table is added, behind all others. */
  moveLetter(lane: Lane, letter: FoundLetter, entry: string): void {
    const known = this.find(letter.head.id)
    if (known === undefined) this.addLetter(lane, { ...letter, entry })
    else if (known.place === 'dead') {
      this.#count(known, -1)
      known.lane = lane
      known.entry = entry
      this.#count(known, 1)
    }
  }

  remove(job: StoredJob): void {
    if (!this.has(job)) return
    this.hold(job)
    this.#jobs.delete(job.key)
    this.#letters.delete(job.position)
    this.#count(job, -1)
  }

  hold(job: StoredJob): void {
    if (job.place !== 'parked') return
    job.place = 'held'
    this.#parkedOf(job.head.target).drop(job)
    this.#forgetIfEmpty(job.head.target)
  }

  park(job: StoredJob): void {
    if (job.place !== 'held' || !this.has(job)) return
    job.place = 'parked'
    this.#parkedOf(job.head.target).add(job)
  }

  bury(job: StoredJob, entry: string, { attempts, status, diedAt }: Death): void {
    this.hold(job)
    this.#count(job, -1)
    job.place = 'dead'
    job.entry = entry
    job.head = { ...job.head, attempts, status }
    job.position = ++this.#positions
    job.diedAt = diedAt
    this.#letters.set(job.position, job)
    this.#count(job, 1)
  }

  /** Makes a letter a parked job. */
  revive(job: StoredJob, entry: string, head: JobHead): void {
    const { lane } = job
    this.remove(job)
    this.add(lane, { entry, head }, 'parked')
  }

  /** @returns up to `limit` jobs that were parked, and are held now */
  take(target: JobTarget, limit: number): readonly StoredJob[] {
    const taken: StoredJob[] = []
    const parked = this.#parked.get(textOf(target))
    while (parked !== undefined && taken.length < limit) {
      const job = parked.take()
      if (job === undefined) break
      job.place = 'held'
      taken.push(job)
    }
    this.#forgetIfEmpty(target)
    return taken
  }

  *backlogs(): IterableIterator<Backlog> {
    for (const { target, jobs, bytes } of this.#parked.values()) if (jobs > 0) yield { target, jobs, bytes }
  }

  /** Events of the live jobs. */
  events(): number {
    let events = 0
    for (const { place, head } of this.#jobs.values()) if (place !== 'dead') events += head.events
    return events
  }

  jobsOf(lane: Lane): readonly StoredJob[] {
    return [...this.#jobs.values()].filter((job) => job.lane === lane)
  }

  /** The oldest first. */
  *letters({ ids, app, endpoint }: LetterSelection = {}, after = 0): IterableIterator<StoredJob> {
    const keys = ids === undefined ? null : new Set(ids.map(keyOf))
    for (const letter of this.#letters.values()) {
      const { target } = letter.head
      if (letter.position <= after || (keys !== null && !keys.has(letter.key))) continue
      if ((app ?? target.app) === target.app && (endpoint ?? target.endpoint) === target.endpoint) yield letter
    }
  }

  #parkedOf(target: JobTarget): ParkedJobs {
    const key = textOf(target)
    const known = this.#parked.get(key)
    if (known !== undefined) return known
    const parked = new ParkedJobs(target)
    this.#parked.set(key, parked)
    return parked
  }

  #forgetIfEmpty(target: JobTarget): void {
    const key = textOf(target)
    if (this.#parked.get(key)?.jobs === 0) this.#parked.delete(key)
  }

  #count(job: StoredJob, sign: 1 | -1): void {
    const total = job.place === 'dead' ? this.dead : this.live
    const { bodyBytes } = job.head
    total.count += sign
    total.bytes += sign * bodyBytes
    if (job.place === 'dead') job.lane.letters += sign
    else {
      job.lane.jobs += sign
      job.lane.bytes += sign * bodyBytes
    }
  }
}

function textOf({ app, endpoint }: JobTarget): string {
  return JSON.stringify([app, endpoint])
}
