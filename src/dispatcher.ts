import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { AppHandle, type EmitEvent } from './app-handle.js'
import { type AppInput, type Config, parseApp } from './config/index.js'
import { DeadLetterBox } from './dead-letters.js'
import { DispatcherEmitter, type Logger, SILENT } from './dispatcher-events.js'
import { DispatcherNotices } from './dispatcher-notices.js'
import { ClosedError } from './errors.js'
import type { AppEntry } from './router/app-entry.js'
import { Directory } from './router/directory.js'
import { Emitter } from './router/emitter.js'
import type { Link } from './router/link.js'
import { leastLoaded } from './router/placement.js'
import { type Notice, Subscription } from './shard/messages.js'
import { ShardClient } from './shard-client.js'
import { shardSettings } from './shard-settings.js'
import { HOST_LAYOUT, type HostMetric } from './stats/layout.js'
import { prometheusText } from './stats/prometheus.js'
import { type ShardSource, type Stats, snapshot } from './stats/snapshot.js'
import { type ThreadOptions, ThreadPool } from './supervisor/pool.js'
import { DEFAULT_INTENSITY, type RestartIntensity } from './supervisor/restart-policy.js'
import type { RestartReport } from './supervisor/restart-report.js'
import { within } from './supervisor/within.js'
import { remaining, type Undelivered } from './undelivered.js'

export interface DispatcherOptions {
  /** Gets restarts, circuits and the like; nothing an event. Silent by default. */
  readonly logger?: Logger
}

/** Options for tests and tools, beside the public ones. @internal */
export interface InternalOptions extends DispatcherOptions {
  readonly threads?: ThreadOptions
  readonly intensity?: RestartIntensity
}

export interface CloseOptions {
  /** How long to wait for what is on its way, in ms; 10,000 by default. */
  readonly timeout?: number
}

const DEFAULT_CLOSE_TIMEOUT_MS = 10_000
/** A shard that does not end within this, in ms, is terminated with its thread. */
const STOP_GRACE_MS = 2000

/** Signs events and POSTs them to the webhooks of their apps, on worker threads. Made by `createDispatcher`. */
export class Dispatcher extends DispatcherEmitter implements AsyncDisposable {
  /** Changes apps while events flow: in order with the events around them. */
  readonly apps = {
    /** Adds or changes an app. Resolves when it is in force. @throws ConfigError */
    set: (app: AppInput): Promise<void> => this.setApp(app),
    /** Removes an app; what it had emitted is still delivered. Resolves to whether there was one. */
    delete: (id: string): Promise<boolean> => this.deleteApp(id),
  }
  readonly deadLetters: DeadLetterBox
  private readonly directory: Directory
  private readonly emitter: Emitter
  private readonly shards: readonly ShardClient[]
  private readonly pool: ThreadPool
  private readonly logger: Logger
  private readonly notices: DispatcherNotices
  private endpointNumber = 0
  private closing: Promise<Undelivered> | null = null

  /** @internal */
  constructor(
    private readonly config: Config,
    { logger = SILENT, threads = {}, intensity = DEFAULT_INTENSITY }: InternalOptions,
  ) {
    super()
    this.logger = logger
    this.notices = new DispatcherNotices(
      logger,
      (name, ...args) => this.tell(name, ...args),
      () => performance.now(),
    )
    this.directory = new Directory(config.apps, config.flapWindowMs > 0)
    const { shards, ringBytes, arenaBytes } = config.dispatcher
    const sizes = { ringBytes, arenaBytes, maxBytes: config.batching.maxBytes }
    this.pool = new ThreadPool(shards, threads, (error) => this.logger.error({ err: error }, 'a spare thread failed'))
    const host = {
      notice: (notice: Notice, client: ShardClient) => this.notice(notice, client),
      restarted: (report: RestartReport) => this.restarted(report),
      gaveUp: (shard: number, cause: Error) => this.shardDown(shard, cause),
      nextEndpointNumber: () => this.endpointNumber++,
    }
    const settings = shardSettings(config, availableParallelism())
    this.shards = Array.from(
      { length: shards },
      (_, number) => new ShardClient(number, this.pool, settings, sizes, host, intensity),
    )
    this.emitter = new Emitter(
      { place: (entry) => this.place(entry), refuse: (cause) => this.count(cause) },
      config.batching.maxBytes,
    )
    if (!config.enabled) this.emitter.disable()
    this.deadLetters = new DeadLetterBox(this.shards)
  }

  /** Resolves when every shard's thread runs, or to why one does not. @internal */
  async started(): Promise<Error | null> {
    const failures = await Promise.all(this.shards.map((shard) => shard.ready))
    return failures.find((failure) => failure !== null) ?? null
  }

  /** A handle to an app. @throws UnknownAppError */
  app(id: string): AppHandle {
    return new AppHandle((name) => this.directory.find(name), this.directory.get(id), this.emitter)
  }

  /** Emits by the app's id. @returns false for an unknown app as for every refusal. @throws InvalidEventError */
  emit(appId: string, event: EmitEvent): boolean {
    const entry = this.directory.find(appId)
    if (entry === undefined) {
      this.count('refused_unknown_app')
      return false
    }
    return new AppHandle((name) => this.directory.find(name), entry, this.emitter).emit(event)
  }

  /** Resolves when every event accepted before the call is delivered or a dead letter. @throws ClosedError */
  async flush(): Promise<void> {
    if (this.closing !== null) throw new ClosedError()
    await Promise.all(this.shards.map((shard) => shard.flush()))
  }

  /**
   * Takes no more events, delivers what it can within the timeout and ends all threads. Calling it again returns the same.
   * @returns what was accepted and is neither delivered nor a dead letter
   */
  close({ timeout = DEFAULT_CLOSE_TIMEOUT_MS }: CloseOptions = {}): Promise<Undelivered> {
    this.closing ??= this.shutDown(timeout)
    return this.closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Everything that is counted, now. Reads shared memory and waits for nobody. */
  stats(): Stats {
    return snapshot(this.sources, this.directory.size)
  }

  /** The same as Prometheus text. */
  metrics(): Promise<string> {
    return prometheusText(this.sources, this.directory.size)
  }

  /** The thread of each shard, in their order, for tests that end them; null: it has none at the moment. @internal */
  get threads(): readonly (Worker | null)[] {
    return this.shards.map((shard) => shard.thread)
  }

  private get sources(): ShardSource[] {
    return this.shards.map((shard) => shard.source)
  }

  private place(entry: AppEntry): Link {
    const link = leastLoaded(this.shards.map((shard) => shard.link))
    this.shards[link.number]?.place(entry)
    return link
  }

  private async setApp(input: AppInput): Promise<void> {
    if (this.closing !== null) throw new ClosedError()
    const app = parseApp(input, this.config)
    const entry = this.directory.find(app.id)
    if (entry === undefined) {
      this.directory.add(app)
      return
    }
    entry.configure(app)
    if (entry.link !== null) await this.shards[entry.link.number]?.change(entry, app)
  }

  private async deleteApp(id: string): Promise<boolean> {
    if (this.closing !== null) throw new ClosedError()
    const entry = this.directory.find(id)
    if (entry === undefined) return false
    this.directory.remove(id)
    entry.remove()
    if (entry.link !== null) await this.shards[entry.link.number]?.change(entry, null)
    return true
  }

  private async shutDown(timeoutMs: number): Promise<Undelivered> {
    this.emitter.close()
    const drained = Promise.allSettled(this.shards.map((shard) => shard.flush()))
    await within(drained, timeoutMs)
    await Promise.all(this.shards.map((shard) => shard.stop(STOP_GRACE_MS)))
    await this.pool.destroy()
    return remaining(this.shards)
  }

  private count(cause: HostMetric): void {
    const counters = this.shards[0]?.link.counters
    if (counters !== undefined) counters[HOST_LAYOUT.at[cause]] = (counters[HOST_LAYOUT.at[cause]] ?? 0) + 1
  }

  protected listenersChanged(): void {
    let bits = 0
    for (const [name, bit] of Object.entries(Subscription)) {
      if (this.listenerCount(name as keyof typeof Subscription) > 0) bits |= bit
    }
    for (const shard of this.shards) shard.subscribe(bits)
  }

  private notice(notice: Notice, { link }: ShardClient): void {
    const { refusals } = link
    if (notice.kind === 'drain') this.drained(refusals.drained())
    else if (notice.kind === 'relief') this.drained(refusals.relieved(notice.app))
    else this.notices.receive(notice)
  }

  private drained(isAwaited: boolean): void {
    if (isAwaited) this.tell('drain')
  }

  private restarted(report: RestartReport): void {
    const { shard, cause, recovery, tookMs } = report
    this.logger.error({ shard, err: cause, recovery, tookMs }, 'a shard was started anew')
    this.tell('shard-restart', report)
    this.drained(this.shards[shard]?.link.refusals.restarted() ?? false)
  }

  private shardDown(shard: number, cause: Error): void {
    this.logger.error({ shard, err: cause }, 'a shard died too often and stays down')
    this.tell('shard-down', { shard, cause })
  }
}
