import { createHash } from 'node:crypto'
import type { AppRow, AppSource, AppVersion, OnChange } from './app-source.js'

const PAGE_APPS = 500

/** Records in memory, by id. The app manager `memory` has none: all of its apps are laid over it. */
export class MemorySource implements AppSource {
  readonly #records: ReadonlyMap<string, unknown>

  constructor(records: ReadonlyMap<string, unknown> = new Map()) {
    this.#records = records
  }

  async *pages(): AsyncGenerator<readonly AppRow[]> {
    const ids = [...this.#records.keys()]
    for (let start = 0; start < ids.length; start += PAGE_APPS) yield this.#rows(ids.slice(start, start + PAGE_APPS))
  }

  versions(): AsyncIterable<readonly AppVersion[]> {
    return this.pages()
  }

  async fingerprint(): Promise<string | null> {
    return null
  }

  async find(ids: readonly string[]): Promise<readonly AppRow[]> {
    return this.#rows(ids)
  }

  watch(_onChange: OnChange): void {
    // Records in memory do not change by themselves.
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  #rows(ids: readonly string[]): readonly AppRow[] {
    return ids.flatMap((id) => {
      const record = this.#records.get(id)
      return record === undefined ? [] : [{ id, version: contentVersion(record), record }]
    })
  }
}

/** A version made of the whole content, for sources that have nothing better. */
export function contentVersion(record: unknown): string {
  return createHash('sha1').update(JSON.stringify(record)).digest('base64')
}
