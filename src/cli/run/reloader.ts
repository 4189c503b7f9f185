import { type Dispatcher, type Logger, loadConfig } from '../../index.js'
import type { ServiceManager } from './service-manager.js'

/**
 * Puts the apps of the configuration file in force again, one reload at a time: requests that come during one are one more reload
 * after it.
 */
export class Reloader {
  readonly #path: string
  readonly #dispatcher: Pick<Dispatcher, 'reload'>
  readonly #manager: ServiceManager | null
  readonly #logger: Logger
  #running: Promise<void> | null = null
  #isWanted = false

  constructor(path: string, dispatcher: Pick<Dispatcher, 'reload'>, manager: ServiceManager | null, logger: Logger) {
    this.#path = path
    this.#dispatcher = dispatcher
    this.#manager = manager
    this.#logger = logger
  }

  request(): void {
    this.#isWanted = true
    this.#running ??= this.#run()
  }

  /** Resolves when no reload runs. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #run(): Promise<void> {
    while (this.#isWanted) {
      this.#isWanted = false
      await this.#reload()
    }
    this.#running = null
  }

  async #reload(): Promise<void> {
    this.#manager?.reloading(process.hrtime.bigint() / 1000n)
    try {
      const config = await loadConfig(this.#path)
      const { set, deleted } = await this.#dispatcher.reload(config)
      this.#logger.info(
        { set, deleted },
        `reloaded: apps set: ${set}, deleted: ${deleted}; other sections take effect at the next start`,
      )
      for (const { path, message } of config.warnings) this.#logger.warn({ path }, message)
    } catch (error) {
      this.#logger.error({ err: error }, 'the configuration was not reloaded: the previous one stays in effect')
    }
    this.#manager?.ready()
  }
}
