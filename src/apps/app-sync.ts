import { setTimeout as sleep } from 'node:timers/promises'
import type { AppManagerConfig, Config } from '../config/model.js'
import { AppManagerError, ClosedError } from '../errors.js'
import { retryInTime } from '../time/retry-in-time.js'
import { Timer } from '../time/timer.js'
import { type AppInvalidReport, AppRecords, type AppsInForce } from './app-records.js'
import type { AppSource } from './app-source.js'
import { ChangedIds } from './changed-ids.js'
import { type Changed, CompleteReads } from './complete-read.js'
import { isPossibleId, LookUps } from './look-ups.js'
import { SyncLog, type SyncLogger } from './sync-log.js'

const SHORTEST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 5000
/** For so long `createDispatcher` tries to read the apps, in ms. */
const START_TIMEOUT_MS = 10_000
/** Between its first two tries; each time twice as long, up to `SHORTEST_PAUSE_MS`. */
const FIRST_PAUSE_MS = 100

export interface AppSyncSettings {
  readonly appManager: AppManagerConfig
  readonly defaults: Config['defaults']
  /** Ids of the apps that are laid over those of the source. */
  readonly inline: readonly string[]
  /** For how long the start tries again what may pass, in ms; 10,000 by default. */
  readonly startTimeoutMs?: number | undefined
}

/**
 * Keeps the apps in force equal to those of a source. Until the first complete read it is loading; from then on it compares at every
 * poll, when the source reports changes, and when it is asked to. One complete read runs at a time; single apps are looked up meanwhile.
 * A source that does not answer changes nothing: what was read last stays in force.
 */
export class AppSync {
  readonly #source: AppSource
  readonly #settings: AppSyncSettings
  readonly #records: AppRecords
  readonly #reads: CompleteReads
  readonly #lookUps: LookUps
  readonly #changedIds: ChangedIds
  readonly #log: SyncLog
  readonly #clock: () => number
  /** The source has the host's own apps: nothing but the host changes them. */
  readonly #isLocal: boolean
  #isLoaded = false
  #isClosed = false
  #failures = 0
  #timer: Timer | null = null
  /** The complete read that runs; settled: none. */
  #running: Promise<unknown> = Promise.resolve()
  /** The complete read that has not begun. */
  #next: Promise<Changed> | null = null

  /** @param clock monotonic, in ms */
  constructor(
    source: AppSource,
    settings: AppSyncSettings,
    apps: AppsInForce,
    logger: SyncLogger,
    clock: () => number,
  ) {
    this.#source = source
    this.#settings = settings
    this.#clock = clock
    this.#isLocal = settings.appManager.driver === 'memory'
    this.#log = new SyncLog(logger, settings.appManager.driver, clock)
    const inForce = {
      find: (id: string) => apps.find(id),
      put: (app: Parameters<AppsInForce['put']>[0]) => apps.put(app),
      remove: (id: string) => apps.remove(id),
      invalid: (report: AppInvalidReport) => {
        this.#log.invalid(report)
        apps.invalid(report)
      },
    }
    this.#records = new AppRecords(settings.inline, inForce, settings)
    this.#reads = new CompleteReads(source, this.#records, {
      allowsMassDeletion: settings.appManager.allowMassDeletion,
      progress: (count) => this.#log.progress(count),
      heldBack: (deletions, known) => this.#log.heldBack(deletions, known),
      isClosed: () => this.#isClosed,
    })
    this.#lookUps = new LookUps(source, this.#records, clock, this.#log)
    this.#changedIds = new ChangedIds((ids) => this.#changed(ids))
  }

  /** Whether all apps have been read once. */
  get isLoaded(): boolean {
    return this.#isLoaded
  }

  /**
   * Reads all apps and keeps them up to date from then on. What may pass is tried again until the time-out.
   * @throws AppManagerError when the source cannot be read, unless `on_unavailable` is `start`: then it is tried for ever
   */
  async start(): Promise<void> {
    const isNeeded = this.#settings.appManager.onUnavailable === 'fail'
    await (isNeeded ? this.#readInTime() : this.#read().catch(() => undefined))
    if (this.#isClosed) return
    this.#source.watch((ids) => this.#changedIds.add(ids))
    this.#schedule()
  }

  /** Why an app that is not in force is refused. Starts to look for it. */
  refusal(id: string): 'refused_unknown_app' | 'refused_app_loading' {
    if (this.#isClosed || this.#isLocal) return 'refused_unknown_app'
    const mayTurnUp = this.#lookUps.lookUp(id)
    return mayTurnUp || !this.#isLoaded ? 'refused_app_loading' : 'refused_unknown_app'
  }

  /** Reads one app as it is now. @returns what has changed @throws AppManagerError, ClosedError */
  async refreshOne(id: string): Promise<Changed> {
    if (this.#isClosed) throw new ClosedError()
    if (!isPossibleId(id)) return { set: 0, deleted: 0 }
    const had = this.#records.has(id)
    const isChanged = await this.#lookUps.read(id)
    const isDeleted = had && !this.#records.has(id)
    return { set: Number(isChanged && !isDeleted), deleted: Number(isChanged && isDeleted) }
  }

  /** Compares all apps. @returns what has changed @throws AppManagerError, ClosedError */
  async refresh(): Promise<Changed> {
    if (this.#isClosed) throw new ClosedError()
    return this.#read()
  }

  /** Whether the app in force comes from a database. */
  owns(id: string): boolean {
    return !this.#isLocal && this.#records.has(id)
  }

  /** The host has set an app: it wins over the source's. */
  overlay(id: string): void {
    this.#records.overlay(id)
  }

  /** The host has deleted an app: what a database has counts again, at the next poll. The host's own are gone for good. */
  forget(id: string): void {
    if (this.#isLocal) {
      this.#records.overlay(id)
    } else {
      this.#records.forget(id)
      this.#reads.force()
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.clear()
    this.#changedIds.close()
    await this.#source.close()
    await this.#running.catch(() => undefined)
  }

  async #readInTime(): Promise<void> {
    const { startTimeoutMs = START_TIMEOUT_MS } = this.#settings
    const read = async (): Promise<void> => {
      if (!this.#isClosed) await this.#read()
    }
    await retryInTime(read, {
      ...{ withinMs: startTimeoutMs, firstPauseMs: FIRST_PAUSE_MS, longestPauseMs: SHORTEST_PAUSE_MS },
      ...{ now: this.#clock, sleep },
      mayPass: (error): error is AppManagerError =>
        error instanceof AppManagerError && error.code === 'APP_MANAGER_UNAVAILABLE',
      givenUp: (error, tries, ms) => error.givenUp(tries, ms),
    })
  }

  /** A complete read that begins after this call. */
  #read(): Promise<Changed> {
    if (this.#next !== null) return this.#next
    const read = this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = null
        return this.#readNow()
      })
    this.#next = read
    this.#running = read
    return read
  }

  async #readNow(): Promise<Changed> {
    if (this.#isClosed) throw new ClosedError()
    try {
      const changed = this.#isLoaded ? await this.#reads.compare() : await this.#reads.load()
      if (this.#isClosed) throw new ClosedError()
      if (this.#isLoaded) this.#log.compared(changed)
      else this.#log.loaded(this.#records.size)
      this.#isLoaded = true
      this.#failures = 0
      return changed
    } catch (error) {
      this.#failures += 1
      if (!this.#isClosed) this.#log.failed(error)
      throw error
    }
  }

  #schedule(): void {
    this.#timer?.clear()
    const delayMs = this.#delayMs()
    if (this.#isClosed || delayMs === null) return
    this.#timer = new Timer(delayMs, () => {
      // A failure has been reported; the next turn tries again.
      this.#read()
        .catch(() => undefined)
        .finally(() => this.#schedule())
    })
  }

  /** How long until the next complete read; null: there is none by itself. */
  #delayMs(): number | null {
    const { pollIntervalMs } = this.#settings.appManager
    const pauseMs =
      this.#failures === 0 ? 0 : Math.min(SHORTEST_PAUSE_MS * 2 ** Math.min(this.#failures - 1, 10), LONGEST_PAUSE_MS)
    if (this.#isLocal) return null
    if (!this.#isLoaded) return Math.max(pauseMs, SHORTEST_PAUSE_MS)
    return pollIntervalMs === 0 ? null : Math.max(pollIntervalMs, pauseMs)
  }

  #changed(ids: readonly string[] | null): void {
    if (this.#isClosed) return
    const reads =
      ids === null || !this.#isLoaded ? [this.#read()] : ids.map((id) => this.#lookUps.read(id).catch(this.#failed))
    // A complete read reports its failure itself.
    for (const read of reads) read.catch(() => undefined)
  }

  readonly #failed = (error: unknown): void => {
    if (!this.#isClosed) this.#log.failed(error)
  }
}
