import type { AppConfig } from '../config/model.js'
import { UnknownAppError } from '../errors.js'
import { AppEntry } from './app-entry.js'

/** The apps by id. */
export class Directory {
  readonly #byId = new Map<string, AppEntry>()
  #nextSequence = 1

  readonly #holdsFlaps: boolean

  constructor(apps: readonly AppConfig[], holdsFlaps: boolean) {
    this.#holdsFlaps = holdsFlaps
    for (const app of apps) this.add(app)
  }

  get size(): number {
    return this.#byId.size
  }

  ids(): string[] {
    return [...this.#byId.keys()]
  }

  /** In the order in which they were added. */
  entries(): IterableIterator<AppEntry> {
    return this.#byId.values()
  }

  find(id: string): AppEntry | undefined {
    return this.#byId.get(id)
  }

  /** @throws UnknownAppError */
  get(id: string): AppEntry {
    const entry = this.#byId.get(id)
    if (entry === undefined) throw new UnknownAppError(id)
    return entry
  }

  add(app: AppConfig): AppEntry {
    const entry = new AppEntry(app, this.#holdsFlaps, this.#nextSequence++)
    this.#byId.set(app.id, entry)
    return entry
  }

  remove(id: string): void {
    this.#byId.delete(id)
  }
}
