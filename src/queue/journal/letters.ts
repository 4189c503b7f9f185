import type { Backlog, Letter, LetterQuery, LetterSelection, LetterStore } from '../job-store.js'
import { jobHeadBytes } from './encode-record.js'
import { type Entry, NO_ENTRY } from './job-columns.js'
import type { JobIndex } from './job-index.js'
import type { Location } from './location.js'
import type { Log } from './log.js'
import { At } from './record.js'
import type { RecordReader } from './record-reader.js'
import type { Transitions } from './transitions.js'
import type { Writer } from './writer.js'

/** How much is replayed or purged with one group. */
const GROUP_BYTES = 1024 * 1024
const GROUP_LETTERS = 1000

interface Parts {
  readonly index: JobIndex
  readonly writer: Writer
  readonly log: Log
  readonly records: RecordReader
  readonly transitions: Transitions
}

/** The dead letters of a journal. What fails half-way is stored as far as it came; the same call does the rest. */
export class JournalLetters implements LetterStore {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async list(query: LetterQuery): Promise<readonly Letter[]> {
    const letters: Letter[] = []
    for (const entry of this.#selected(query, query.after ?? 0)) {
      if (letters.length >= query.limit) break
      const letter = this.#letter(entry)
      if (letter !== null) letters.push(letter)
    }
    return letters
  }

  /** Needs no room that the letters do not have, so that it works in a full journal. @throws StoreFullError, StoreDownError */
  async replay(selection: LetterSelection): Promise<readonly Backlog[]> {
    const added = new Map<number, Backlog>()
    for (const entries of this.#groups(selection)) this.#replayGroup(entries, added)
    return [...added.values()]
  }

  /** @throws StoreFullError, StoreDownError */
  async purge(selection: LetterSelection): Promise<number> {
    const { log, writer, transitions, index } = this.#parts
    let purged = 0
    for (const entries of this.#groups(selection)) {
      const ids = entries.map((entry) => index.id(entry))
      const size = { bytes: ids.length * At.end, records: ids.length, largest: At.end, hasJobs: false }
      log.write(size, () => {
        for (const id of ids) writer.done(id)
      })
      for (const id of ids) transitions.done(id)
      purged += ids.length
      log.tidy()
    }
    return purged
  }

  #replayGroup(entries: readonly Entry[], added: Map<number, Backlog>): void {
    const { log, transitions, index } = this.#parts
    const written: { readonly job: Parameters<Transitions['job']>[0]; readonly location: Location }[] = []
    const sizes = entries.map((entry) => this.#recordBytes(entry))
    const bytes = sizes.reduce((sum, size) => sum + size, 0)
    log.write({ bytes, records: entries.length, largest: Math.max(...sizes), hasJobs: false }, () => {
      for (const entry of entries) this.#writeReplay(entry, written)
    })
    for (const { job, location } of written) {
      const entry = transitions.job(job, location)
      index.park(entry)
      const number = index.columns.endpoint(entry)
      const before = added.get(number) ?? { target: job.target, jobs: 0, bytes: 0 }
      added.set(number, { target: job.target, jobs: before.jobs + 1, bytes: before.bytes + job.bodyBytes })
    }
    log.tidy()
  }

  #writeReplay(
    entry: Entry,
    written: { readonly job: Parameters<Transitions['job']>[0]; readonly location: Location }[],
  ): void {
    const { index, records, writer } = this.#parts
    const stored = records.head(entry)
    if (stored === null) return
    const body = new Uint8Array(stored.head.bodyBytes)
    records.body(entry, body)
    const seq = index.highestSeq + written.length + 1
    const life = index.columns.life(entry) + 1
    const job = { ...stored.head, life, seq, attempts: 0, status: 0, spentMs: 0, nextAt: 0 }
    // A damaged body keeps its checksum, so that it is damaged still when it is read.
    written.push({ job, location: writer.job(job, index.endpoint(entry), body, stored.bodyCrc) })
  }

  *#groups(selection: LetterSelection): IterableIterator<readonly Entry[]> {
    let group: Entry[] = []
    let bytes = 0
    for (const entry of [...this.#selected(selection, 0)]) {
      group.push(entry)
      bytes += this.#recordBytes(entry)
      if (bytes < GROUP_BYTES && group.length < GROUP_LETTERS) continue
      yield group
      group = []
      bytes = 0
    }
    if (group.length > 0) yield group
  }

  *#selected({ ids, app, endpoint }: LetterSelection, after: number): IterableIterator<Entry> {
    const { index } = this.#parts
    const candidates = ids === undefined ? index.letters.after(after) : this.#found(ids, after)
    for (const entry of candidates) {
      const { target } = index.endpoint(entry)
      const isWanted = (app ?? target.app) === target.app && (endpoint ?? target.endpoint) === target.endpoint
      if (isWanted) yield entry
    }
  }

  #found(ids: readonly Uint8Array[], after: number): readonly Entry[] {
    const { index } = this.#parts
    const { columns } = index
    return [...new Set(ids.map((id) => index.find(id)))]
      .filter((entry) => entry !== NO_ENTRY && index.isDead(entry) && columns.seq(entry) > after)
      .sort((a, b) => columns.seq(a) - columns.seq(b))
  }

  #letter(entry: Entry): Letter | null {
    const { records } = this.#parts
    const stored = records.head(entry)
    if (stored === null) return null
    const body = new Uint8Array(stored.head.bodyBytes)
    records.body(entry, body)
    const { position, ...death } = records.death(entry)
    const { attempts, status } = death
    return { head: { ...stored.head, attempts, status }, death, body, position }
  }

  #recordBytes(entry: Entry): number {
    const { index } = this.#parts
    return jobHeadBytes(index.endpoint(entry)) + index.columns.bodyBytes(entry)
  }
}
