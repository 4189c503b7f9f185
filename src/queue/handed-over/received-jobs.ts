import { Fifo } from '../../collections/fifo.js'
import type { JobTarget } from '../job.js'
import type { Backlog } from '../job-store.js'
import type { ReceivedJob } from './queue.js'

/** Ids of jobs that ended lately. */
const MOST_ENDED = 10_000

interface Entry<Received extends ReceivedJob> {
  readonly job: Received
  /** Rises from job to job as they are received. */
  readonly order: number
  isHeld: boolean
}

interface Total {
  jobs: number
  bytes: number
}

/** The jobs of one endpoint that nobody holds, in the order in which they were received. */
class Waiting<Received extends ReceivedJob> {
  readonly target: JobTarget
  readonly #total: Total
  jobs = 0
  bytes = 0
  readonly #fresh = new Fifo<Entry<Received>>()
  /** Those that were held before, the first one last. */
  readonly #returned: Entry<Received>[] = []

  /** @param total of all endpoints */
  constructor(target: JobTarget, total: Total) {
    this.target = target
    this.#total = total
  }

  /** None of them is counted any more. */
  end(): void {
    this.#total.jobs -= this.jobs
    this.#total.bytes -= this.bytes
  }

  add(entry: Entry<Received>): void {
    this.#fresh.push(entry)
    this.#count(entry, 1)
  }

  putBack(entry: Entry<Received>): void {
    const at = this.#returned.findLastIndex(({ order }) => order > entry.order)
    this.#returned.splice(at + 1, 0, entry)
    this.#count(entry, 1)
  }

  take(): Entry<Received> | undefined {
    const returned = this.#returned.at(-1)
    const fresh = this.#fresh.peek()
    const isReturned = returned !== undefined && (fresh === undefined || returned.order < fresh.order)
    const entry = isReturned ? this.#returned.pop() : this.#fresh.shift()
    if (entry !== undefined) this.#count(entry, -1)
    return entry
  }

  #count({ job }: Entry<Received>, sign: 1 | -1): void {
    for (const total of [this, this.#total]) {
      total.jobs += sign
      total.bytes += sign * job.head.bodyBytes
    }
  }
}

/** The jobs that this process has received, and the ids of those that ended lately. A job is held, or it waits. */
export class ReceivedJobs<Received extends ReceivedJob> {
  /** What waits, of all endpoints. */
  readonly waiting: Readonly<Total>
  readonly #entries = new Map<string, Entry<Received>>()
  readonly #waiting = new Map<string, Waiting<Received>>()
  /** The life that ended, by id, the oldest first. */
  readonly #ended = new Map<string, number>()
  readonly #total: Total = { jobs: 0, bytes: 0 }
  #orders = 0

  constructor() {
    this.waiting = this.#total
  }

  find(id: Uint8Array): Received | undefined {
    return this.#entries.get(keyOf(id))?.job
  }

  /** @returns false when there is one of this id, or was lately */
  add(job: Received): boolean {
    const key = keyOf(job.head.id)
    if (this.#entries.has(key) || (this.#ended.get(key) ?? -1) >= job.head.life) return false
    const entry = { job, order: ++this.#orders, isHeld: false }
    this.#entries.set(key, entry)
    this.#waitingOf(job.head.target).add(entry)
    return true
  }

  /** The job waits again, in its former place. */
  putBack(id: Uint8Array): void {
    const entry = this.#entries.get(keyOf(id))
    if (entry === undefined || !entry.isHeld) return
    entry.isHeld = false
    this.#waitingOf(entry.job.head.target).putBack(entry)
  }

  /** @returns up to `limit` jobs that waited, and are held now, with the order in which they came */
  take(target: JobTarget, limit: number): readonly { readonly job: Received; readonly order: number }[] {
    const taken: Entry<Received>[] = []
    const waiting = this.#waiting.get(textOf(target))
    while (waiting !== undefined && taken.length < limit) {
      const entry = waiting.take()
      if (entry === undefined) break
      if (entry.isHeld || this.#entries.get(keyOf(entry.job.head.id)) !== entry) continue
      entry.isHeld = true
      taken.push(entry)
    }
    if (waiting?.jobs === 0) this.#waiting.delete(textOf(target))
    return taken
  }

  *backlogs(): IterableIterator<Backlog> {
    for (const { target, jobs, bytes } of this.#waiting.values()) if (jobs > 0) yield { target, jobs, bytes }
  }

  /** The job has ended. What is received of it from now on is a repeat. @param life the one that ended */
  end(id: Uint8Array, life: number): void {
    const key = keyOf(id)
    this.#entries.delete(key)
    this.#ended.delete(key)
    this.#ended.set(key, life)
    if (this.#ended.size <= MOST_ENDED) return
    for (const oldest of this.#ended.keys()) {
      this.#ended.delete(oldest)
      return
    }
  }

  /** Forgets all jobs of these endpoints. @returns how many of them waited */
  forget(isMeant: (target: JobTarget) => boolean): number {
    let waited = 0
    for (const [key, { job, isHeld }] of this.#entries) {
      if (!isMeant(job.head.target)) continue
      if (!isHeld) waited += 1
      this.#entries.delete(key)
    }
    for (const [key, waiting] of this.#waiting) {
      if (!isMeant(waiting.target)) continue
      waiting.end()
      this.#waiting.delete(key)
    }
    return waited
  }

  #waitingOf(target: JobTarget): Waiting<Received> {
    const key = textOf(target)
    const known = this.#waiting.get(key)
    if (known !== undefined) return known
    const waiting = new Waiting<Received>(target, this.#total)
    this.#waiting.set(key, waiting)
    return waiting
  }
}

function textOf({ app, endpoint }: JobTarget): string {
  return JSON.stringify([app, endpoint])
}

function keyOf(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1')
}
