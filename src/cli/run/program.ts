import type { Readable } from 'node:stream'
import { createDispatcher, type Dispatcher, type Logger, SignpostError, type Undelivered } from '../../index.js'
import { unlessAborted } from '../../time/within.js'
import { DeadLetterLog } from './dead-letter-log.js'
import { Drain } from './drain.js'
import { type Ending, exitReport, Status } from './exit-report.js'
import { HealthWatch } from './health-watch.js'
import { HttpServer } from './http-server.js'
import { inputChunks } from './input-chunks.js'
import { Intake } from './intake.js'
import { Reloader } from './reloader.js'
import { RunError } from './run-error.js'
import type { ServiceManager } from './service-manager.js'
import type { RunSettings } from './settings.js'

export interface ProgramParts {
  /** Where events come from; null: none are taken. */
  readonly input: Readable | null
  readonly logger: Logger
  /** null: none wants to be notified. */
  readonly manager: ServiceManager | null
}

/**
 * The dispatcher as a program.
 *
 *     starting → running    the dispatcher has started
 *     starting,
 *     running  → draining   `stop`, or the input has ended: no more events are taken
 *     draining → ended      everything is delivered, or the time is over
 */
export class Program {
  readonly #settings: RunSettings
  readonly #input: Readable | null
  readonly #logger: Logger
  readonly #manager: ServiceManager | null
  readonly #health = new HealthWatch()
  readonly #deadLetters: DeadLetterLog
  readonly #stopped = new AbortController()
  readonly #drain: Drain
  #dispatcher: Dispatcher | null = null
  #reloader: Reloader | null = null
  #isReloadWanted = false

  constructor(settings: RunSettings, { input, logger, manager }: ProgramParts) {
    this.#settings = settings
    this.#input = input
    this.#logger = logger
    this.#manager = manager
    this.#deadLetters = new DeadLetterLog(logger)
    this.#drain = new Drain(settings.drainMs)
  }

  /** Runs until it is stopped or its input ends. @returns the exit status */
  async run(): Promise<number> {
    let server: HttpServer | null = null
    try {
      server = await this.#listen()
      return await this.#dispatch()
    } catch (error) {
      if (!(error instanceof SignpostError)) throw error
      this.#logger.error({ code: error.code }, `cannot start: ${error.message}`)
      return Status.Failed
    } finally {
      this.#drain.close()
      await server?.close()
      await this.#manager?.close()
    }
  }

  /** Takes no more events, and ends when what was accepted is delivered, or the time for that is over. */
  stop(reason: string): void {
    this.#beginDrain(reason)
    this.#stopped.abort()
  }

  /** Reads the configuration again; while it starts, as soon as it runs. */
  reload(): void {
    if (this.#drain.hasBegun) this.#logger.warn({}, 'the configuration is not reloaded: the program is shutting down')
    else if (this.#reloader === null) this.#isReloadWanted = true
    else this.#reloader.request()
  }

  /** What is neither delivered nor given up at this moment, for the log. */
  left(): object {
    if (this.#dispatcher === null) return { batches: 0 }
    const { pending_batches, set_aside_events, shards } = this.#dispatcher.stats()
    const ringBytes = shards.reduce((sum, { ring_backlog_bytes }) => sum + ring_backlog_bytes, 0)
    return { batches: pending_batches, setAsideEvents: set_aside_events, ringBytes }
  }

  async #listen(): Promise<HttpServer | null> {
    if (this.#settings.listen === null) return null
    const served = () => ({ health: this.#health.state, dispatcher: this.#dispatcher })
    const server = await HttpServer.listen(this.#settings.listen, served, this.#logger)
    this.#logger.info({ url: server.url }, 'serving health and metrics')
    return server
  }

  async #dispatch(): Promise<number> {
    const dispatcher = await this.#start()
    const startedAtMs = performance.now()
    const { maxLineBytes, strict: isStrict } = this.#settings
    const intake = new Intake(dispatcher, { maxLineBytes, logger: this.#logger })
    const ending = await (this.#input === null ? this.#untilStopped() : this.#consume(intake, this.#input))
    const undelivered = await this.#end(dispatcher)
    const ranMs = performance.now() - startedAtMs
    const { status, fields, message } = exitReport({
      ...{ ending, undelivered, isStrict, ranMs },
      stats: dispatcher.stats(),
      lines: this.#input === null ? null : intake.totals,
    })
    this.#logger[status === Status.Done ? 'info' : 'error']({ status, ...fields }, message)
    return status
  }

  async #start(): Promise<Dispatcher> {
    const starting = createDispatcher(this.#settings.config, { logger: this.#logger, consume: true })
    const dispatcher = await unlessAborted(starting, this.#drain.over).catch((error: unknown) => {
      throw this.#drain.over.aborted ? new RunError('it was told to stop before it had started') : error
    })
    this.#dispatcher = dispatcher
    this.#health.watch(dispatcher)
    this.#deadLetters.listenTo(dispatcher)
    this.#reloader = new Reloader(this.#settings.config, dispatcher, this.#manager, this.#logger)
    if (!this.#drain.hasBegun) {
      this.#health.phase = 'running'
      this.#manager?.ready()
      if (this.#isReloadWanted) this.#reloader.request()
    }
    return dispatcher
  }

  async #untilStopped(): Promise<Ending> {
    const { signal } = this.#stopped
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    return 'signal'
  }

  async #consume(intake: Intake, input: Readable): Promise<Ending> {
    const { signal } = this.#stopped
    try {
      await intake.consume(inputChunks(input, signal), signal, this.#drain.over)
    } catch (error) {
      if (error !== input.errored) throw error
      this.#logger.error({ err: error }, 'standard input cannot be read')
      this.#beginDrain('standard input has failed')
      return 'input-failed'
    }
    this.#beginDrain('standard input has ended')
    return signal.aborted ? 'signal' : 'end-of-input'
  }

  #beginDrain(reason: string): void {
    if (this.#drain.hasBegun) return
    const { drainMs } = this.#settings
    const limit = drainMs === Number.POSITIVE_INFINITY ? 'for as long as it takes' : `for at most ${drainMs / 1000} s`
    this.#logger.info({}, `${reason}: delivering what was accepted, ${limit}`)
    this.#drain.begin(performance.now())
    this.#health.phase = 'draining'
    this.#manager?.stopping()
  }

  async #end(dispatcher: Dispatcher): Promise<Undelivered> {
    const undelivered = await dispatcher.close({ timeout: this.#drain.restMs(performance.now()) })
    this.#deadLetters.close()
    return undelivered
  }
}
