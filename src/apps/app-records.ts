import { isDeepStrictEqual } from 'node:util'
import type { ConfigProblem } from '../config/errors.js'
import type { AppConfig, Config } from '../config/model.js'
import type { AppRow, AppVersion } from './app-source.js'
import type { ReadRange } from './read-ranges.js'
import { readRow, unreadableApp } from './read-row.js'

/** The record of an app cannot be read: the app takes no events until it can. */
export interface AppInvalidReport {
  /** The app's id. */
  readonly app: string
  /** Paths start at the app. No secrets. */
  readonly problems: readonly ConfigProblem[]
}

/** What happens to the apps that are in force. */
export interface AppsInForce {
  find(id: string): AppConfig | undefined
  /** Adds or changes an app, in order with the events around it. */
  put(app: AppConfig): void
  remove(id: string): void
  invalid(report: AppInvalidReport): void
}

interface Known {
  version: string
  /** The number of the last complete read or look-up that has met it. */
  metIn: number
  /** The one in which a complete read has met it; null: only a look-up has. */
  range: ReadRange | null
}

/** The apps that a source has, as they were read last, with the host's own laid over them. */
export class AppRecords {
  readonly #known = new Map<string, Known>()
  /** Those of them that a look-up has met, and no complete read since. */
  readonly #loose = new Set<string>()
  readonly #overlaid: Set<string>
  readonly #apps: AppsInForce
  readonly #config: Pick<Config, 'defaults'>
  /** The number of the complete read that is running, or was the last. */
  #read = 0

  /** @param overlaid ids of apps that win over records of the source */
  constructor(overlaid: Iterable<string>, apps: AppsInForce, config: Pick<Config, 'defaults'>) {
    this.#overlaid = new Set(overlaid)
    this.#apps = apps
    this.#config = config
  }

  /** Apps that come from the source. */
  get size(): number {
    return this.#known.size
  }

  has(id: string): boolean {
    return this.#known.has(id)
  }

  /** The host's own app of this id counts from now on; where it has deleted it, none. */
  overlay(id: string): void {
    this.#overlaid.add(id)
    this.#unknow(id)
  }

  /** Whatever was known of the id does not count any more: a complete read that reads its range finds what the source has. */
  forget(id: string): void {
    this.#overlaid.delete(id)
    this.#unknow(id)
  }

  /** @returns the number of the complete read that begins */
  beginRead(): number {
    this.#read += 1
    return this.#read
  }

  /** Takes note that the running complete read has met it in a range. @returns whether its record has to be read */
  meet({ id, version }: AppVersion, range: ReadRange): boolean {
    if (this.#overlaid.has(id)) return false
    const known = this.#known.get(id)
    if (known === undefined) return true
    this.#place(id, known, range)
    return known.version !== version
  }

  /** Whether the running complete read, or a look-up meanwhile, has met it. */
  isMet(id: string): boolean {
    const known = this.#known.get(id)
    return known !== undefined && this.#isCurrent(known)
  }

  /** Apps that may be in no range: look-ups have met them, and no complete read since. */
  get loose(): Iterable<string> {
    return this.#loose
  }

  /** Forgets which of them look-ups have met that the complete read has found in their ranges. */
  tighten(): void {
    for (const id of this.#loose) if (this.#known.get(id)?.range?.foundIn === this.#read) this.#loose.delete(id)
  }

  /** All ids that come from the source. */
  get ids(): Iterable<string> {
    return this.#known.keys()
  }

  /**
   * Puts a record in force, even where its version is known.
   * @param range where the complete read has met it; null: a look-up has
   * @returns whether anything has changed by that
   */
  apply(row: AppRow, range: ReadRange | null): boolean {
    const { id, version } = row
    if (this.#overlaid.has(id)) return false
    const known = this.#known.get(id) ?? { version, metIn: this.#read, range: null }
    if (!this.#known.has(id)) this.#known.set(id, known)
    known.version = version
    if (range === null) {
      known.metIn = this.#read
      this.#loose.add(id)
    } else this.#place(id, known, range)
    return this.#putInForce(row)
  }

  /** The source has no such app any more. @returns whether it had one */
  drop(id: string): boolean {
    const known = this.#known.get(id)
    if (known === undefined) return false
    // Should it come back just as it was, the fingerprint of its range would be just as it was, too.
    if (known.range !== null) known.range.isStale = true
    this.#unknow(id)
    this.#apps.remove(id)
    return true
  }

  #isCurrent({ metIn, range }: Known): boolean {
    return metIn === this.#read || range?.foundIn === this.#read
  }

  #place(id: string, known: Known, range: ReadRange): void {
    known.metIn = this.#read
    known.range = range
    this.#loose.delete(id)
  }

  #unknow(id: string): void {
    this.#known.delete(id)
    this.#loose.delete(id)
  }

  #putInForce(row: AppRow): boolean {
    const read = readRow(row, this.#config)
    const before = this.#apps.find(row.id)
    if (read.kind === 'invalid') {
      this.#apps.put({ ...(before ?? unreadableApp(row.id)), enabled: false })
      this.#apps.invalid({ app: row.id, problems: read.problems })
      return true
    }
    if (before !== undefined && isDeepStrictEqual(before, read.app)) return false
    this.#apps.put(read.app)
    return true
  }
}
