import type { AppRow, AppSource, AppVersion, Fingerprint, IdRange, OnChange } from '../../../src/apps/app-source.js'
import { MemorySource } from '../../../src/apps/memory.js'
import { AppManagerError } from '../../../src/errors.js'

type Record = Readonly<globalThis.Record<string, unknown>>

/** Records in memory that a test changes, behind a source that can be away. */
export class FakeSource implements AppSource {
  readonly fingerprint: AppSource['fingerprint'] = null
  readonly records = new Map<string, { readonly record: Record }>()
  /** What the database is asked fails with it; null: it answers. */
  failure: Error | null = null
  /** Apps of each call of `find`. */
  readonly found: (readonly string[])[] = []
  completeReads = 0
  /** Questions, answered or not. */
  asked = 0
  isClosed = false
  #onChange: OnChange = () => undefined
  readonly #memory = new MemorySource(this.records)

  constructor(records: readonly Record[] = []) {
    for (const record of records) this.records.set(String(record.id), { record })
  }

  set isAway(isAway: boolean) {
    this.failure = isAway ? new AppManagerError('APP_MANAGER_UNAVAILABLE', 'the database is away') : null
  }

  put(...records: readonly Record[]): void {
    for (const record of records) this.records.set(String(record.id), { record })
  }

  notify(ids: readonly string[] | null): void {
    this.#onChange(ids)
  }

  async *pages(): AsyncGenerator<readonly AppRow[]> {
    this.check()
    this.completeReads += 1
    yield* this.#memory.pages()
  }

  async *versions(_range: IdRange): AsyncGenerator<readonly AppVersion[]> {
    yield* this.pages()
  }

  async find(ids: readonly string[]): Promise<readonly AppRow[]> {
    this.found.push(ids)
    this.check()
    return this.#memory.find(ids)
  }

  watch(onChange: OnChange): void {
    this.#onChange = onChange
  }

  async close(): Promise<void> {
    this.isClosed = true
  }

  protected check(): void {
    this.asked += 1
    if (this.failure !== null) throw this.failure
  }
}

/** The same with fingerprints: a version is the number of the `put` that the record came with. */
export class FingerprintingSource extends FakeSource {
  override readonly fingerprint = (range: IdRange): Promise<Fingerprint> => this.#fingerprintOf(range)
  /** Apps whose versions were read. */
  versionsRead = 0
  /** Called before a page of versions is handed out. */
  beforePage: () => void = () => undefined
  readonly #versions = new Map<string, number>()
  #puts = 0

  constructor(records: readonly Record[] = []) {
    super()
    this.put(...records)
  }

  override put(...records: readonly Record[]): void {
    super.put(...records)
    this.#puts += 1
    for (const { id } of records) this.#versions.set(String(id), this.#puts)
  }

  override async *pages(): AsyncGenerator<readonly AppRow[]> {
    this.check()
    this.completeReads += 1
    const ids = this.#idsOf({ after: null, upTo: null })
    for (let start = 0; start < ids.length; start += 500) yield this.#rows(ids.slice(start, start + 500))
  }

  override async *versions(range: IdRange): AsyncGenerator<readonly AppVersion[]> {
    const ids = this.#idsOf(range)
    for (let start = 0; start < ids.length; start += 2000) {
      this.beforePage()
      this.check()
      const page = this.#rows(ids.slice(start, start + 2000))
      this.versionsRead += page.length
      yield page
    }
  }

  override async find(ids: readonly string[]): Promise<readonly AppRow[]> {
    await super.find(ids)
    return this.#rows(ids)
  }

  async #fingerprintOf(range: IdRange): Promise<Fingerprint> {
    this.check()
    const ids = this.#idsOf(range)
    return { apps: ids.length, sum: ids.reduce((sum, id) => sum + BigInt(this.#versions.get(id) ?? 0), 0n) }
  }

  #idsOf({ after, upTo }: IdRange): string[] {
    return [...this.records.keys()].filter((id) => (after ?? '') < id && (upTo === null || id <= upTo)).sort()
  }

  #rows(ids: readonly string[]): AppRow[] {
    return ids.flatMap((id) => {
      const held = this.records.get(id)
      return held === undefined ? [] : [{ id, version: String(this.#versions.get(id)), ...held }]
    })
  }
}
