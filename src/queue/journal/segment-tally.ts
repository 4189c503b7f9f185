import type { NewEntry } from './job-index.js'
import type { Location } from './location.js'
import type { SegmentScan } from './segment-scan.js'

export type DamagedJob = NewEntry & { readonly events: number }

/**
 * Tells damage from what a crash leaves at the end: the records of one sync, of which any part may have come onto the medium, while all
 * before it was there. So a gap, or a bad body, counts as damage only when a record of a later sync follows, or when the segment is closed.
 */
export class SegmentTally {
  readonly #onDamaged: (job: DamagedJob, location: Location) => void
  #skipped = 0
  #doubtful = 0
  readonly #badBodies = new Map<string, { readonly job: DamagedJob; readonly location: Location }>()

  /** @param onDamaged called for each job that was stored and whose body is damaged */
  constructor(onDamaged: (job: DamagedJob, location: Location) => void) {
    this.#onDamaged = onDamaged
  }

  record({ record, hasGap }: SegmentScan): void {
    if (hasGap) this.#doubtful += 1
    if (record.isFirstOfGroup) this.#count()
  }

  badBody(job: DamagedJob, location: Location): void {
    this.#badBodies.set(keyOf(job.id), { job, location })
  }

  settled(id: Uint8Array): void {
    if (this.#badBodies.size > 0) this.#badBodies.delete(keyOf(id))
  }

  /** @returns how many damaged parts the segment has */
  finish(isClosed: boolean, lacksEnd: boolean): number {
    if (!isClosed) return this.#skipped
    if (lacksEnd) this.#doubtful += 1
    this.#count()
    return this.#skipped
  }

  #count(): void {
    this.#skipped += this.#doubtful + this.#badBodies.size
    this.#doubtful = 0
    for (const { job, location } of this.#badBodies.values()) this.#onDamaged(job, location)
    this.#badBodies.clear()
  }
}

function keyOf(id: Uint8Array): string {
  return Buffer.from(id).toString('latin1')
}
