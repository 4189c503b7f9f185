import { inspect, isDeepStrictEqual } from 'node:util'
import type { Worker } from 'node:worker_threads'
import type { AppInvalidReport } from '../apps/app-records.js'
import type { AppSource } from '../apps/app-source.js'
import { AppSync } from '../apps/app-sync.js'
import { createSource, inlineApps } from '../apps/create-source.js'
import { type AppConfig, type Config, type ConfigInput, type Environment, parseApp } from '../config/index.js'
import { ClosedError, QueueNotDurableError } from '../errors.js'
import { ownCores, processCores } from '../host/process-cores.js'
import type { StoreRecovery } from '../queue/job-store.js'
import type { AppEntry } from '../router/app-entry.js'
import { Directory } from '../router/directory.js'
import { Emitter } from '../router/emitter.js'
import { type EmitEvent, EventIntake } from '../router/event-intake.js'
import type { Link } from '../router/link.js'
import { leastLoaded } from '../router/placement.js'
import { type Notice, Subscription } from '../shard/messages.js'
import { HOST_LAYOUT, type HostMetric } from '../stats/layout.js'
import { prometheusText } from '../stats/prometheus.js'
import { type ShardSource, type Stats, snapshot } from '../stats/snapshot.js'
import type { WorkerFiles } from '../supervisor/own-worker-files.js'
import { type ThreadOptions, ThreadPool } from '../supervisor/pool.js'
import { DEFAULT_INTENSITY, type RestartIntensity } from '../supervisor/restart-policy.js'
import type { RestartReport } from '../supervisor/restart-report.js'
import type { ShardMemory } from '../supervisor/shard-supervisor.js'
import { DEFAULT_HANG_LIMITS, type HangLimits } from '../supervisor/watchdog.js'
import { durationOf } from '../time/duration.js'
import { unlessAborted, within } from '../time/within.js'
import { type AppHandle, EntryHandle, type HandleParts } from './app-handle.js'
import { type Apps, DispatcherApps } from './apps.js'
import type { CloseOptions, DispatcherOptions, FlushOptions, PersistedOptions, Reloaded } from './contract.js'
import { type DeadLetterBox, DispatcherDeadLetters } from './dead-letters.js'
import { isDurable, NOTHING_RECOVERED } from './durability.js'
import { DurableQueue, type DurableQueueOptions } from './durable-queue.js'
import { DispatcherEmitter } from './emitter.js'
import { type DispatcherEvents, guarded, type Logger, SILENT } from './events.js'
import { InvalidEvents } from './invalid-events.js'
import { lettersRefusal } from './letters-in-sqs.js'
import { type Config as LoadedConfig, loadedFrom } from './loaded-config.js'
import { DispatcherNotices } from './notices.js'
import { ShardClient } from './shard-client.js'
import { shardSettings } from './shard-settings.js'
import type { StartCounts, StartQueue } from './start-report.js'
import { StoredLetters } from './stored-letters.js'
import { remaining, type Undelivered, withStored } from './undelivered.js'

/** Options for tests and tools, beside the public ones. @internal */
export interface InternalOptions extends DispatcherOptions {
  readonly threads?: ThreadOptions
  readonly intensity?: RestartIntensity
  readonly hang?: HangLimits
  /** How often what processes left that no longer run is looked for in the durable queue, in ms. */
  readonly takeOverEveryMs?: number
  /** How long a process may not be heard of before others take what it has in a queue that processes share, in ms. */
  readonly leaseMs?: number
  /** Instead of the one that the configuration names. */
  readonly source?: AppSource
  /** For how long the start tries to read the apps, in ms. */
  readonly appsTimeoutMs?: number
  /** For how long it tries to open a queue that is down, in ms. */
  readonly queueTimeoutMs?: number
}

const DEFAULT_CLOSE_TIMEOUT_MS = 10_000
/** A shard that does not end within this, in ms, is terminated with its thread. */
const STOP_GRACE_MS = 2000
/** How long what was accepted may take to be stored at the end, in ms. */
const STORE_WITHIN_MS = 10_000
/** The least time that attempts get to end in at the close, in ms, before other processes wait for their leases. */
const GIVE_BACK_WITHIN_MS = 1000
const NOTHING_LEFT: Undelivered = { events: 0, endpoints: [] }

/** The dispatcher of `createDispatcher`: it delivers on worker threads. */
export class WorkerDispatcher extends DispatcherEmitter {
  override readonly apps: Apps
  override readonly deadLetters: DeadLetterBox
  readonly #config: Config
  readonly #environment: Environment | undefined
  readonly #directory: Directory
  readonly #emitter: Emitter
  readonly #intake: EventIntake
  readonly #handleParts: HandleParts
  readonly #shards: readonly ShardClient[]
  readonly #pool: ThreadPool
  readonly #logger: Logger
  readonly #notices: DispatcherNotices
  readonly #sync: AppSync
  /** null where the queue is memory. */
  readonly #queue: DurableQueue | null
  #endpointNumber = 0
  #closing: Promise<Undelivered> | null = null

  /** @internal */
  constructor(
    config: Config,
    workerFiles: WorkerFiles,
    {
      logger = SILENT,
      threads = {},
      intensity = DEFAULT_INTENSITY,
      hang = DEFAULT_HANG_LIMITS,
      takeOverEveryMs,
      consume = false,
      leaseMs,
      environment,
      source = createSource(config),
      appsTimeoutMs,
      queueTimeoutMs,
    }: InternalOptions,
  ) {
    super()
    const clock = (): number => performance.now()
    this.#config = config
    this.#environment = environment
    this.#logger = guarded(logger)
    this.#notices = new DispatcherNotices(this.#logger, (name, ...args) => this.notify(name, ...args), clock)
    this.#directory = new Directory(inlineApps(config), config.flapWindowMs > 0)
    const { shards, ringBytes, arenaBytes } = config.dispatcher
    const sizes = { ringBytes, arenaBytes, maxBytes: config.batching.maxBytes }
    const spareFailed = (error: unknown): void => this.#logger.error({ err: error }, 'a spare thread failed')
    this.#pool = new ThreadPool(shards, workerFiles.shard, threads, spareFailed)
    const host = {
      notice: (notice: Notice, client: ShardClient) => this.#notice(notice, client),
      restarted: (report: RestartReport) => this.#restarted(report),
      down: (shard: number, cause: Error, retryInMs: number) => this.#shardDown(shard, cause, retryInMs),
      nextEndpointNumber: () => this.#endpointNumber++,
    }
    const settings = shardSettings(config, ownCores(processCores()))
    const queue = isDurable(config.queue.driver)
      ? this.#createQueue({
          filename: workerFiles.storage,
          intensity,
          threads,
          store: { consumes: consume, ...(leaseMs === undefined ? {} : { leaseMs }) },
          ...(takeOverEveryMs === undefined ? {} : { takeOverEveryMs }),
          ...(queueTimeoutMs === undefined ? {} : { openWithinMs: queueTimeoutMs }),
        })
      : null
    this.#queue = queue
    this.#shards = Array.from({ length: shards }, (_, number) => {
      const link = queue?.link(number) ?? null
      return new ShardClient(number, this.#pool, settings, sizes, host, { intensity, hang }, link)
    })
    queue?.start(this.#shards)
    this.#emitter = new Emitter(
      { place: (entry) => this.#place(entry), refuse: (cause) => this.#count(cause) },
      config.batching.maxBytes,
    )
    if (!config.enabled) this.#emitter.disable()
    const invalid = new InvalidEvents(this.#logger, (report) => this.notify('invalid', report), clock)
    this.#intake = new EventIntake(this.#emitter, (app, field, expected, got) => {
      this.#count('refused_invalid')
      invalid.refused(app, field, expected, got)
    })
    this.#handleParts = { find: (id) => this.#directory.find(id), emitter: this.#emitter, intake: this.#intake }
    this.#sync = this.#createSync(source, appsTimeoutMs, clock)
    this.apps = new DispatcherApps(this.#directory, this.#sync, {
      parse: (app) => parseApp(app, this.#config),
      put: (app) => this.#putApp(app),
      delete: (id) => this.#deleteApp(id),
      isClosed: () => this.#closing !== null,
    })
    const stored = queue === null ? null : new StoredLetters(queue, shards, lettersRefusal(config.queue))
    this.deadLetters = new DispatcherDeadLetters(this.#shards, stored)
  }

  /** Resolves when every shard's thread runs and the apps have been read, or to why not. @internal */
  async started(): Promise<Error | null> {
    const ready = [...this.#shards.map((shard) => shard.ready), this.#appsRead(), this.#queue?.ready ?? null]
    const failure = (await Promise.all(ready)).find((each) => each !== null) ?? null
    if (failure === null) await this.#queue?.resume()
    return failure
  }

  override get recovery(): StoreRecovery {
    return this.#queue?.recovery ?? NOTHING_RECOVERED
  }

  /** What the durable queue had at the start, for the start line; null where the queue is `memory`. @internal */
  get startQueue(): StartQueue | null {
    return this.#queue
  }

  override get isReady(): boolean {
    return this.#sync.isLoaded
  }

  override app(id: string): AppHandle {
    return new EntryHandle(this.#handleParts, this.#directory.get(id))
  }

  override emit(appId: string, event: EmitEvent): boolean {
    const entry = this.#directory.find(appId)
    if (entry !== undefined) return this.#intake.emit(entry, event)
    this.#count(this.#sync.refusal(appId))
    return false
  }

  override async flush({ timeout = Number.POSITIVE_INFINITY, signal }: FlushOptions = {}): Promise<Undelivered> {
    if (this.#closing !== null) throw new ClosedError()
    const timeoutMs = durationOf(timeout, 'timeout')
    signal?.throwIfAborted()
    const flushed = Promise.all(this.#shards.map((shard) => shard.flush()))
    const isFlushed = await unlessAborted(within(flushed, timeoutMs), signal)
    if (!isFlushed) return this.#undelivered((await this.#queue?.jobs()) ?? 0)
    // Its error, where a shard is down.
    await flushed
    return NOTHING_LEFT
  }

  override async persisted({ signal }: PersistedOptions = {}): Promise<void> {
    if (this.#closing !== null) throw new ClosedError()
    if (this.#queue === null) throw new QueueNotDurableError(this.#config.queue.driver)
    signal?.throwIfAborted()
    await unlessAborted(Promise.all(this.#shards.map((shard) => shard.persist())), signal)
  }

  override async close({ timeout = DEFAULT_CLOSE_TIMEOUT_MS }: CloseOptions = {}): Promise<Undelivered> {
    const timeoutMs = durationOf(timeout, 'timeout')
    this.#closing ??= this.#shutDown(timeoutMs)
    return this.#closing
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  override async reload(source: ConfigInput | LoadedConfig | string | URL): Promise<Reloaded> {
    if (this.#closing !== null) throw new ClosedError()
    const { config } = await loadedFrom(source, this.#environment)
    const wanted = new Map(config.apps.map((app) => [app.id, app]))
    const gone = this.#directory.ids().filter((id) => !wanted.has(id) && !this.#sync.owns(id))
    const changed = config.apps.filter((app) => !isDeepStrictEqual(this.#directory.find(app.id)?.config, app))
    for (const id of wanted.keys()) this.#sync.overlay(id)
    for (const id of gone) this.#sync.forget(id)
    await Promise.all([...changed.map((app) => this.#putApp(app)), ...gone.map((id) => this.#deleteApp(id))])
    return { set: changed.length, deleted: gone.length }
  }

  override stats(): Stats {
    return snapshot(this.#sources, this.#directory.size, this.#queue?.counters ?? null)
  }

  override async metrics(): Promise<string> {
    return prometheusText(this.#sources, this.#directory.size, this.#queue?.counters ?? null)
  }

  /** What it has to do for. @internal */
  get counts(): StartCounts {
    let webhooks = 0
    for (const { config } of this.#directory.entries()) webhooks += config.webhooks.length
    return { apps: this.#directory.size, webhooks }
  }

  override toJSON(): { readonly shards: number; readonly apps: number; readonly closed: boolean } {
    return { shards: this.#shards.length, apps: this.#directory.size, closed: this.#closing !== null }
  }

  [inspect.custom](): string {
    return `Dispatcher ${inspect(this.toJSON())}`
  }

  /** The thread of each shard, in their order, for tests that end them; null: it has none at the moment. @internal */
  get threads(): readonly (Worker | null)[] {
    return this.#shards.map((shard) => shard.thread)
  }

  /** The storage thread, for tests that end it; null: there is none at the moment, or no durable queue. @internal */
  get storageThread(): Worker | null {
    return this.#queue?.thread ?? null
  }

  /** The memory of each shard, for tests that look into it. @internal */
  get memories(): readonly ShardMemory[] {
    return this.#shards.map((shard) => shard.memory)
  }

  get #sources(): ShardSource[] {
    return this.#shards.map((shard) => shard.source)
  }

  #place(entry: AppEntry): Link {
    const link = leastLoaded(this.#shards.map((shard) => shard.link))
    this.#shards[link.number]?.place(entry)
    return link
  }

  #createSync(source: AppSource, startTimeoutMs: number | undefined, clock: () => number): AppSync {
    const inForce = {
      find: (id: string) => this.#directory.find(id)?.config,
      // Nobody waits for them: a change that cannot be made now keeps its place among the events.
      put: (app: AppConfig) => void this.#putApp(app).catch(() => undefined),
      remove: (id: string) => void this.#deleteApp(id).catch(() => undefined),
      invalid: (report: AppInvalidReport) => {
        this.#count('invalid_apps')
        this.notify('app-invalid', report)
      },
    }
    const { appManager, defaults } = this.#config
    const inline = inlineApps(this.#config).map(({ id }) => id)
    const settings = { appManager, defaults, inline, startTimeoutMs }
    return new AppSync(source, settings, inForce, this.#logger, clock)
  }

  async #appsRead(): Promise<Error | null> {
    try {
      await this.#sync.start()
      return null
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  async #putApp(app: AppConfig): Promise<void> {
    const entry = this.#directory.find(app.id)
    if (entry === undefined) this.#directory.add(app)
    else {
      entry.configure(app)
      try {
        if (entry.link !== null) await this.#shards[entry.link.number]?.change(entry, app)
      } finally {
        // A change that could not be made now takes effect later.
        await this.#queue?.appSet(app.id)
      }
      return
    }
    await this.#queue?.appSet(app.id)
  }

  async #deleteApp(id: string): Promise<boolean> {
    const entry = this.#directory.find(id)
    if (entry === undefined) return false
    this.#directory.remove(id)
    entry.remove()
    if (entry.link !== null) await this.#shards[entry.link.number]?.change(entry, null)
    return true
  }

  async #shutDown(timeoutMs: number): Promise<Undelivered> {
    this.#emitter.close()
    const isSyncEnded = this.#sync.close()
    // Held leaves are told, and everything is sealed, before it is stored.
    // What other processes may deliver goes back to them, and is not waited for.
    const isGivenBack = this.#queue?.giveBack(Math.max(timeoutMs, GIVE_BACK_WITHIN_MS))
    const flushed = Promise.allSettled(this.#shards.map((shard) => shard.flush()))
    await this.#queue?.persisted(STORE_WITHIN_MS)
    await within(flushed, timeoutMs)
    await isGivenBack
    await isSyncEnded
    await Promise.all(this.#shards.map((shard) => shard.stop(STOP_GRACE_MS)))
    await this.#queue?.close(STORE_WITHIN_MS)
    await this.#pool.destroy()
    return this.#undelivered(this.#queue?.lastJobs ?? 0)
  }

  /** @param stored batches in the durable queue: what is handed over to it is the consumers' */
  async #undelivered(stored: number): Promise<Undelivered> {
    return withStored(await remaining(this.#shards), this.#queue?.isHandedOver === true ? 0 : stored)
  }

  #createQueue(options: DurableQueueOptions): DurableQueue {
    const host = {
      notify: <Name extends keyof DispatcherEvents>(name: Name, ...args: DispatcherEvents[Name]) =>
        this.notify(name, ...args),
      find: (app: string) => this.#directory.find(app),
      place: (entry: AppEntry) => void this.#place(entry),
      areAppsLoaded: () => this.#sync.isLoaded,
      refuse: (isDown: boolean) => {
        if (this.#emitter.refuseQueueDown(isDown) && !isDown) this.notify('drain')
      },
    }
    return new DurableQueue(this.#config, this.#logger, host, options)
  }

  #count(cause: HostMetric): void {
    const counters = this.#shards[0]?.link.counters
    if (counters !== undefined) counters[HOST_LAYOUT.at[cause]] = (counters[HOST_LAYOUT.at[cause]] ?? 0) + 1
  }

  protected override listenersChanged(): void {
    let bits = 0
    for (const [name, bit] of Object.entries(Subscription)) {
      if (this.listenerCount(name as keyof typeof Subscription) > 0) bits |= bit
    }
    for (const shard of this.#shards) shard.subscribe(bits)
  }

  #notice(notice: Notice, { link }: ShardClient): void {
    const { refusals } = link
    if (notice.kind === 'drain') this.#drained(refusals.drained())
    else if (notice.kind === 'relief') this.#drained(refusals.relieved(notice.app))
    else this.#notices.receive(notice)
  }

  #drained(isAwaited: boolean): void {
    if (isAwaited) this.notify('drain')
  }

  #restarted(report: RestartReport): void {
    const { shard, cause, recovery, tookMs } = report
    this.#logger.error({ shard, err: cause, recovery, tookMs }, 'a shard was restarted')
    this.notify('shard-restart', report)
    // What could not be said while it was down.
    void this.#queue?.resume().catch(() => undefined)
    this.#drained(this.#shards[shard]?.link.refusals.restarted() ?? false)
  }

  #shardDown(shard: number, cause: Error, retryInMs: number): void {
    const seconds = Math.ceil(retryInMs / 1000)
    this.#logger.error(
      { shard, err: cause, retryInMs },
      `a shard died too often and is down; the next restart is in ${seconds} s`,
    )
    this.notify('shard-down', { shard, cause, retryInMs })
  }
}
