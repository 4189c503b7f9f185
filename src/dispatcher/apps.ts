import type { AppSync } from '../apps/app-sync.js'
import { type AppView, viewOf } from '../apps/app-view.js'
import type { Changed } from '../apps/complete-read.js'
import type { AppConfig, AppInput } from '../config/index.js'
import { ClosedError, SignpostError } from '../errors.js'
import type { Directory } from '../router/directory.js'

/** Adds, changes and removes apps while events flow: in order with the events around them. */
export interface Apps {
  /**
   * Adds or changes an app. Resolves when it is in force.
   * @throws ConfigError; ClosedError; ShardDownError, ControlTimeoutError: the change keeps its place and takes effect later
   */
  set(app: AppInput): Promise<void>
  /** Removes an app; what it had emitted is still delivered. Resolves to whether there was one. @throws as `set` */
  delete(id: string): Promise<boolean>
  /** Whether an app of this id is in force. */
  has(id: string): boolean
  /** An app as it is in force, without its secrets; undefined when there is none. */
  get(id: string): AppView | undefined
  /** Apps in the order in which they were added, a page of them. @throws SignpostError `INVALID_PAGE` */
  list(options?: AppListOptions): AppList
  /**
   * Looks an app up in the app manager's database, where it is not in force yet.
   * @returns whether it is in force now
   * @throws AppManagerError when the database does not answer; ClosedError
   */
  load(id: string): Promise<boolean>
  /**
   * Reads one app, or all of them, from the app manager's database, and puts in force what has changed.
   * @returns how many apps were set and deleted
   * @throws AppManagerError when the database does not answer; ClosedError
   */
  refresh(id?: string): Promise<Changed>
}

/** Which page of apps `list` returns. */
export interface AppListOptions {
  /** What the page before ended with. */
  readonly cursor?: string | null | undefined
  /** The most apps of the page: 100 by default, 1,000 at most. */
  readonly limit?: number | undefined
}

/** A page of apps. */
export interface AppList {
  /** The apps, in the order in which they were added. */
  readonly items: readonly AppView[]
  /** For the next page; null: there is none. */
  readonly cursor: string | null
}

/** What the dispatcher does for its apps. */
export interface AppsHost {
  parse(input: AppInput): AppConfig
  put(app: AppConfig): Promise<void>
  delete(id: string): Promise<boolean>
  isClosed(): boolean
}

const DEFAULT_LIMIT = 100
const LARGEST_LIMIT = 1000

/** Keeps what a database has in force; see `AppSync`. */
export type AppSyncPort = Pick<AppSync, 'overlay' | 'forget' | 'owns' | 'refresh' | 'refreshOne'>

/** The apps of a dispatcher, as its host sees them. */
export class DispatcherApps implements Apps {
  readonly #directory: Directory
  readonly #sync: AppSyncPort
  readonly #host: AppsHost

  constructor(directory: Directory, sync: AppSyncPort, host: AppsHost) {
    this.#directory = directory
    this.#sync = sync
    this.#host = host
  }

  async set(input: AppInput): Promise<void> {
    if (this.#host.isClosed()) throw new ClosedError()
    const app = this.#host.parse(input)
    this.#sync.overlay(app.id)
    await this.#host.put(app)
  }

  async delete(id: string): Promise<boolean> {
    if (this.#host.isClosed()) throw new ClosedError()
    this.#sync.forget(id)
    return this.#host.delete(id)
  }

  has(id: string): boolean {
    return this.#directory.find(id) !== undefined
  }

  get(id: string): AppView | undefined {
    const entry = this.#directory.find(id)
    return entry === undefined ? undefined : viewOf(entry.config, this.#sync.owns(id))
  }

  list({ cursor, limit = DEFAULT_LIMIT }: AppListOptions = {}): AppList {
    const after = sequenceOf(cursor ?? '0')
    if (!Number.isInteger(limit) || limit < 1) throw invalidPage('limit', 'a whole number of 1 or more')
    const most = Math.min(limit, LARGEST_LIMIT)
    const items: AppView[] = []
    let last = after
    for (const { sequence, config } of this.#directory.entries()) {
      if (sequence <= after) continue
      if (items.length === most) return { items, cursor: String(last) }
      items.push(viewOf(config, this.#sync.owns(config.id)))
      last = sequence
    }
    return { items, cursor: null }
  }

  async load(id: string): Promise<boolean> {
    if (this.#host.isClosed()) throw new ClosedError()
    if (!this.has(id)) await this.#sync.refreshOne(id)
    return this.has(id)
  }

  async refresh(id?: string): Promise<Changed> {
    return id === undefined ? this.#sync.refresh() : this.#sync.refreshOne(id)
  }
}

function sequenceOf(cursor: unknown): number {
  if (typeof cursor === 'string' && /^\d{1,15}$/.test(cursor)) return Number(cursor)
  throw invalidPage('cursor', 'the cursor of the previous page')
}

function invalidPage(name: string, expected: string): SignpostError {
  return new SignpostError('INVALID_PAGE', `${name} must be ${expected}`)
}
