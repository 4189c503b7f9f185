import { compareJobIds } from '../../arena/job-id.js'
import type { JobTarget } from '../job.js'
import type { StoredJob } from './stored-job.js'

/** The parked jobs of one endpoint, the lowest `seq` first: a heap. Jobs that are parked no longer stay in it until they come up. */
export class ParkedJobs {
  readonly target: JobTarget
  jobs = 0
  bytes = 0
  readonly #heap: StoredJob[] = []
  readonly #queued = new Set<StoredJob>()

  constructor(target: JobTarget) {
    this.target = target
  }

  add(job: StoredJob): void {
    this.jobs += 1
    this.bytes += job.head.bodyBytes
    if (this.#queued.has(job)) return
    this.#queued.add(job)
    this.#heap.push(job)
    this.#rise(this.#heap.length - 1)
  }

  /** The job is parked no longer. */
  drop(job: StoredJob): void {
    this.jobs -= 1
    this.bytes -= job.head.bodyBytes
  }

  /** @returns the job of the lowest `seq`, which is in it no longer */
  take(): StoredJob | undefined {
    for (let job = this.#pop(); job !== undefined; job = this.#pop()) {
      this.#queued.delete(job)
      if (job.place !== 'parked') continue
      this.drop(job)
      return job
    }
    return undefined
  }

  #pop(): StoredJob | undefined {
    const [first] = this.#heap
    const last = this.#heap.pop()
    if (last !== undefined && last !== first) {
      this.#heap[0] = last
      this.#sink(0)
    }
    return first
  }

  #rise(from: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >>> 1
      if (!this.#swapIfBefore(place, parent)) return
      place = parent
    }
  }

  #sink(from: number): void {
    let place = from
    for (;;) {
      const left = place * 2 + 1
      const first = this.#isBefore(left + 1, left) ? left + 1 : left
      if (!this.#swapIfBefore(first, place)) return
      place = first
    }
  }

  #swapIfBefore(place: number, other: number): boolean {
    const one = this.#heap[place]
    const two = this.#heap[other]
    if (one === undefined || two === undefined || !this.#isBefore(place, other)) return false
    this.#heap[place] = two
    this.#heap[other] = one
    return true
  }

  #isBefore(place: number, other: number): boolean {
    const one = this.#heap[place]
    const two = this.#heap[other]
    if (one === undefined || two === undefined) return false
    const order = one.head.seq - two.head.seq || compareJobIds(one.head.id, two.head.id) || one.order - two.order
    return order < 0
  }
}
