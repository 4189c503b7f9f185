import type { JobTarget } from '../job.js'
import type { RecordView } from './record-view.js'

const MOST = 100_000

/** Decodes the names of records; most have been seen before. */
export class TargetCache {
  readonly #targets = new Map<string, JobTarget>()

  of(record: RecordView): JobTarget {
    const key = `${record.appBytes}:${record.names.toString('latin1')}`
    const known = this.#targets.get(key)
    if (known !== undefined) return known
    if (this.#targets.size === MOST) this.#targets.clear()
    const target = record.target()
    this.#targets.set(key, target)
    return target
  }
}
