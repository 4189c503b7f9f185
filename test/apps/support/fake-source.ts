import type { AppRow, AppSource, AppVersion, OnChange } from '../../../src/apps/app-source.js'
import { MemorySource } from '../../../src/apps/memory.js'
import { AppManagerError } from '../../../src/errors.js'

/** Records in memory that a test changes, behind a source that can be away. */
export class FakeSource implements AppSource {
  readonly records = new Map<string, unknown>()
  isAway = false
  /** Apps of each call of `find`. */
  readonly found: (readonly string[])[] = []
  completeReads = 0
  isClosed = false
  #onChange: OnChange = () => undefined
  readonly #memory = new MemorySource(this.records)

  constructor(records: readonly Readonly<Record<string, unknown>>[] = []) {
    this.put(...records)
  }

  put(...records: readonly Readonly<Record<string, unknown>>[]): void {
    for (const record of records) this.records.set(String(record.id), record)
  }

  notify(ids: readonly string[] | null): void {
    this.#onChange(ids)
  }

  async *pages(): AsyncGenerator<readonly AppRow[]> {
    this.#check()
    this.completeReads += 1
    yield* this.#memory.pages()
  }

  async *versions(): AsyncGenerator<readonly AppVersion[]> {
    yield* this.pages()
  }

  async fingerprint(): Promise<string | null> {
    this.#check()
    return null
  }

  async find(ids: readonly string[]): Promise<readonly AppRow[]> {
    this.found.push(ids)
    this.#check()
    return this.#memory.find(ids)
  }

  watch(onChange: OnChange): void {
    this.#onChange = onChange
  }

  async close(): Promise<void> {
    this.isClosed = true
  }

  #check(): void {
    if (this.isAway) throw new AppManagerError('APP_MANAGER_UNAVAILABLE', 'the database is away')
  }
}
