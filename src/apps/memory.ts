import { createHash } from 'node:crypto'
import type { AppConfig } from '../config/model.js'
import type { AppRow, AppSource, AppVersion, OnChange } from './app-source.js'

const PAGE_APPS = 500

/** An app in memory: a record, as databases hold them, or an app that has been read. */
export type AppInMemory = { readonly record: unknown } | { readonly app: AppConfig }

/** Apps in memory, by id. */
export class MemorySource implements AppSource {
  readonly fingerprint = null
  readonly #apps: ReadonlyMap<string, AppInMemory>

  constructor(apps: ReadonlyMap<string, AppInMemory>) {
    this.#apps = apps
  }

  async *pages(): AsyncGenerator<readonly AppRow[]> {
    const ids = [...this.#apps.keys()]
    for (let start = 0; start < ids.length; start += PAGE_APPS) yield this.#rows(ids.slice(start, start + PAGE_APPS))
  }

  versions(): AsyncIterable<readonly AppVersion[]> {
    return this.pages()
  }

  async find(ids: readonly string[]): Promise<readonly AppRow[]> {
    return this.#rows(ids)
  }

  watch(_onChange: OnChange): void {
    // Apps in memory do not change by themselves.
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  #rows(ids: readonly string[]): readonly AppRow[] {
    return ids.flatMap((id) => {
      const app = this.#apps.get(id)
      return app === undefined ? [] : [{ id, version: contentVersion(app), ...app }]
    })
  }
}

/** A version made of the whole content, for sources that have nothing better. */
export function contentVersion(content: unknown): string {
  return createHash('sha1').update(JSON.stringify(content)).digest('base64')
}
