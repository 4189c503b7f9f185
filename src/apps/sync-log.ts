import type { AppInvalidReport } from './app-records.js'
import type { Changed } from './complete-read.js'

/** A logger as pino has it. */
export interface SyncLogger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Between two lines about the progress of the first read, in ms. */
const PROGRESS_MS = 5000
/** Between two lines about records that cannot be read, in ms. */
const INVALID_MS = 1000

/** What the log says about the source of the apps: beginnings and ends of troubles, no line per poll. */
export class SyncLog {
  readonly #logger: SyncLogger
  readonly #driver: string
  readonly #clock: () => number
  #isFailing = false
  #isLoaded = false
  #startedAtMs: number
  #progressAtMs: number
  #invalidAtMs = Number.NEGATIVE_INFINITY
  #invalidSince = 0

  /** @param clock monotonic, in ms */
  constructor(logger: SyncLogger, driver: string, clock: () => number) {
    this.#logger = logger
    this.#driver = driver
    this.#clock = clock
    this.#startedAtMs = clock()
    this.#progressAtMs = this.#startedAtMs
  }

  progress(apps: number): void {
    const nowMs = this.#clock()
    if (nowMs - this.#progressAtMs < PROGRESS_MS) return
    this.#progressAtMs = nowMs
    this.#logger.info({ driver: this.#driver, apps }, `reading the apps: ${apps} so far`)
  }

  loaded(apps: number): void {
    this.answered()
    this.#isLoaded = true
    if (this.#driver === 'memory') return
    const tookMs = Math.round(this.#clock() - this.#startedAtMs)
    this.#logger.info({ driver: this.#driver, apps, tookMs }, `apps read from ${this.#driver}: ${apps}`)
  }

  compared({ set, deleted }: Changed): void {
    this.answered()
    if (set + deleted === 0) return
    this.#logger.info({ driver: this.#driver, set, deleted }, `apps have changed in ${this.#driver}`)
  }

  answered(): void {
    if (!this.#isFailing) return
    this.#isFailing = false
    this.#logger.info({ driver: this.#driver }, 'the apps can be read again')
  }

  failed(error: unknown): void {
    if (this.#isFailing) return
    this.#isFailing = true
    // At the start there is nothing that could stay in force, and whether it is tried again depends on the error.
    const consequence = this.#isLoaded ? ': those that were read last stay in force, and it is tried again' : ''
    this.#logger.error(
      { driver: this.#driver, err: error },
      `the apps cannot be read from ${this.#driver}${consequence}`,
    )
  }

  heldBack(deletions: number, known: number): void {
    this.#logger.error(
      { driver: this.#driver, deletions, apps: known },
      `${deletions} of ${known} apps are gone at once: they stay in force until another complete read says the same ` +
        '(app_manager.allow_mass_deletion deletes them at once)',
    )
  }

  invalid({ app, problems }: AppInvalidReport): void {
    const nowMs = this.#clock()
    this.#invalidSince += 1
    if (nowMs - this.#invalidAtMs < INVALID_MS) return
    this.#logger.error(
      { driver: this.#driver, app, problems: problems.map(({ message }) => message), invalid: this.#invalidSince },
      'the record of an app cannot be read: the app takes no events until it can',
    )
    this.#invalidAtMs = nowMs
    this.#invalidSince = 0
  }
}
