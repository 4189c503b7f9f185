import { numberOf } from '../../time/clocks.js'
import type { JobChange } from '../job-store.js'
import { type Entry, NO_ENTRY } from './job-columns.js'
import type { JobIndex } from './job-index.js'
import type { JournalOptions } from './options.js'
import type { RecordReader } from './record-reader.js'

/** The most letters that go with one group. */
const AT_ONCE = 1000
/** The most of the journal that letters take up. */
const SHARE = 0.25

/** Which letters have to go: the oldest, when all are too much or they are too old. */
export class LetterLimits {
  readonly #index: JobIndex
  readonly #records: RecordReader
  readonly #clock: JournalOptions['clock']
  readonly #maxBytes: number
  readonly #maxAgeMs: number
  /** When the oldest letter died: reading it once is enough. */
  #oldest = NO_ENTRY
  #oldestPosition = 0
  #oldestDiedAt = 0

  constructor(
    index: JobIndex,
    records: RecordReader,
    { letters, maxBytes, clock }: Pick<JournalOptions, 'letters' | 'maxBytes' | 'clock'>,
  ) {
    this.#index = index
    this.#records = records
    this.#clock = clock
    this.#maxBytes = Math.min(letters.maxBytes, maxBytes * SHARE)
    this.#maxAgeMs = letters.maxAgeMs
  }

  /** Unix ms. */
  now(): number {
    return numberOf(this.#clock.unixNow())
  }

  /** The removals that are due, as changes. */
  due(): readonly JobChange[] {
    const { letters } = this.#index
    if (letters.size === 0) return []
    const due: JobChange[] = []
    let bytes = this.#index.dead.storedBytes
    const diedBefore = this.now() - this.#maxAgeMs
    for (const entry of letters.after(0)) {
      if (due.length === AT_ONCE || (bytes <= this.#maxBytes && this.#diedAt(entry) >= diedBefore)) break
      due.push({ kind: 'done', id: this.#index.id(entry) })
      bytes -= this.#index.storedBytes(entry)
    }
    return due
  }

  #diedAt(entry: Entry): number {
    const position = this.#index.columns.seq(entry)
    if (this.#oldest !== entry || this.#oldestPosition !== position) {
      this.#oldest = entry
      this.#oldestPosition = position
      this.#oldestDiedAt = this.#records.death(entry).diedAt
    }
    return this.#oldestDiedAt
  }
}
