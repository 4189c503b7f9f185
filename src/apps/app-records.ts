import { isDeepStrictEqual } from 'node:util'
import type { ConfigProblem } from '../config/errors.js'
import type { AppConfig, Config } from '../config/model.js'
import type { AppRow, AppVersion } from './app-source.js'
import { readRow, unreadableApp } from './read-row.js'

/** The record of an app cannot be read: the app takes no events until it can. */
export interface AppInvalidReport {
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
  /** The number of the last complete read that has met it. */
  readIn: number
}

/** The apps that a source has, as they were read last, with the host's own laid over them. */
export class AppRecords {
  readonly #known = new Map<string, Known>()
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

  /** The host's own app of this id counts from now on. */
  overlay(id: string): void {
    this.#overlaid.add(id)
    this.#known.delete(id)
  }

  /** Whatever was known of the id does not count any more: the next complete read finds what the source has. */
  forget(id: string): void {
    this.#overlaid.delete(id)
    this.#known.delete(id)
  }

  beginRead(): void {
    this.#read += 1
  }

  /** Takes note that the running complete read has met it. @returns whether its record has to be read */
  meet({ id, version }: AppVersion): boolean {
    if (this.#overlaid.has(id)) return false
    const known = this.#known.get(id)
    if (known === undefined) return true
    known.readIn = this.#read
    return known.version !== version
  }

  /** Whether the running complete read, or a look-up meanwhile, has met it. */
  isMet(id: string): boolean {
    return this.#known.get(id)?.readIn === this.#read
  }

  /** What the running complete read has not met. */
  *missing(): Generator<string> {
    for (const [id, { readIn }] of this.#known) if (readIn !== this.#read) yield id
  }

  /** Puts a record in force, even where its version is known. @returns whether anything has changed by that */
  apply(row: AppRow): boolean {
    const { id, version } = row
    if (this.#overlaid.has(id)) return false
    const known = this.#known.get(id)
    if (known === undefined) this.#known.set(id, { version, readIn: this.#read })
    else known.readIn = this.#read
    if (known !== undefined) known.version = version
    return this.#putInForce(row)
  }

  /** The source has no such app any more. @returns whether it had one */
  drop(id: string): boolean {
    if (!this.#known.delete(id)) return false
    this.#apps.remove(id)
    return true
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
