import { type Entry, NO_ENTRY } from './job-columns.js'
import type { JobIndex, NewEntry } from './job-index.js'
import { type Location, NOWHERE } from './location.js'

/**
 * What each record does to the index. Recovery applies the records of the medium, and a commit those that it has just written, so that
 * both always come to the same. A record with a body says all there is to know of its job when it was written, and the later one counts,
 * of a lower life too: a group that failed may lie in the log, and what is copied behind it says that it did not happen.
 */
export class Transitions {
  readonly #index: JobIndex

  constructor(index: JobIndex) {
    this.#index = index
  }

  job(job: NewEntry, location: Location): Entry {
    const index = this.#index
    index.noteSeq(job.seq)
    const entry = index.find(job.id)
    if (entry === NO_ENTRY) return index.add(job, location)
    if (index.isDead(entry)) index.revive(entry, job.life, job.seq)
    else {
      index.hold(entry)
      index.columns.setLife(entry, job.life)
      index.setSeq(entry, job.seq)
    }
    index.move(entry, location, NOWHERE)
    return entry
  }

  /** A job and its death in one record. */
  letter(job: NewEntry, position: number, location: Location): Entry {
    const index = this.#index
    index.notePosition(position)
    const known = index.find(job.id)
    if (known !== NO_ENTRY && index.isDead(known) && index.columns.life(known) === job.life) {
      index.move(known, location, NOWHERE)
      return known
    }
    const entry = this.job(job, location)
    index.bury(entry, position)
    return entry
  }

  dead(id: Uint8Array, life: number, position: number, location: Location): void {
    const index = this.#index
    const entry = index.find(id)
    const isOver = entry === NO_ENTRY || index.isDead(entry) || life < index.columns.life(entry)
    if (isOver) index.notePosition(position)
    else {
      index.bury(entry, position)
      index.columns.setLater(entry, location)
    }
  }

  state(id: Uint8Array, location: Location): void {
    const index = this.#index
    const entry = index.find(id)
    if (entry !== NO_ENTRY && !index.isDead(entry)) index.columns.setLater(entry, location)
  }

  /** @returns whether there was such a job or letter */
  done(id: Uint8Array): boolean {
    const entry = this.#index.find(id)
    if (entry === NO_ENTRY) return false
    this.#index.remove(entry)
    return true
  }
}
