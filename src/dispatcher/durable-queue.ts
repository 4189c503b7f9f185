import type { MessagePort, Worker } from 'node:worker_threads'
import { groupBy } from '../collections/group-by.js'
import type { Config } from '../config/index.js'
import { ClosedError, QueueUnusableError } from '../errors.js'
import type { JobTarget } from '../queue/job.js'
import type { Backlog, Letter, LetterSelection, StoreLoss, StoreRecovery, TakenOver } from '../queue/job-store.js'
import type { AppEntry } from '../router/app-entry.js'
import { createStorageBlock, STORAGE_LAYOUT } from '../stats/layout.js'
import type { BehindEndpoint, StorageControl, StorageNotice } from '../storage/messages.js'
import type { ThreadOptions } from '../supervisor/pool.js'
import { DEFAULT_INTENSITY, type RestartIntensity } from '../supervisor/restart-policy.js'
import type { ShardQueueLink } from '../supervisor/shard-supervisor.js'
import { StorageSupervisor } from '../supervisor/storage-supervisor.js'
import { StorageWatch } from '../supervisor/storage-watch.js'
import { within } from '../time/within.js'
import { NOTHING_RECOVERED } from './durability.js'
import type { DispatcherEvents, Logger } from './events.js'
import { type Orphan, Orphans } from './orphans.js'
import { isConsumer, isHandedOver } from './queue-modes.js'
import type { ShardClient } from './shard-client.js'
import { type StoreOptions, storeSettings } from './store-settings.js'

/** What the durable queue needs of the dispatcher. */
export interface DurableQueueHost {
  notify<Name extends keyof DispatcherEvents>(name: Name, ...args: DispatcherEvents[Name]): void
  find(app: string): AppEntry | undefined
  /** Gives the app a place on a shard, where it has none. */
  place(entry: AppEntry): void
  /** Whether all apps are known that the configuration and the database have. */
  areAppsLoaded(): boolean
  /** Refuses all events, or no longer, because the store is down. */
  refuse(isDown: boolean): void
}

/** What only tests set. */
export interface DurableQueueOptions {
  /** Path of what the storage thread loads. */
  readonly filename: string
  readonly intensity?: RestartIntensity
  readonly threads?: ThreadOptions
  readonly takeOverEveryMs?: number
  /** For how long the start tries to open a store that is down, in ms. */
  readonly openWithinMs?: number
  readonly store?: StoreOptions
}

/** How long a shard's new thread waits to hear of parked jobs, in ms. */
const ANSWER_WITHIN_MS = 2000
/** How often it is looked whether the store is behind, in ms. */
const WATCH_EVERY_MS = 250
/** How often endpoints that are gone are looked at, in ms. */
const LOOK_EVERY_MS = 30_000
const SHORTEST_LOOK_MS = 100
/** For how long the start tries to open a store that is down, in ms. */
const OPEN_WITHIN_MS = 10_000
/** How often what processes left that no longer run is looked for, in ms. */
const TAKE_OVER_EVERY_MS = 10_000

/** The durable queue as the main thread sees it: its thread, what the shards have of it, and what is in it for whom. */
export class DurableQueue {
  /** What a start took over from the store. */
  recovery: StoreRecovery = NOTHING_RECOVERED
  readonly counters = createStorageBlock()
  /** Resolves when the store is open, or to why it cannot be used. */
  readonly ready: Promise<Error | null>
  /** What people should know of where the store lies. */
  warnings: readonly string[] = []
  readonly #config: Config
  readonly #takeOverEveryMs: number
  readonly #openWithinMs: number
  readonly #storeOptions: StoreOptions
  readonly #logger: Logger
  readonly #host: DurableQueueHost
  readonly #storage: StorageSupervisor
  readonly #orphans: Orphans
  readonly #look: NodeJS.Timeout
  #shards: readonly ShardClient[] = []
  #watch: NodeJS.Timeout | null = null
  #settleReady: (failure: Error | null) => void = () => undefined
  #isOpen = false
  #problem: 'down' | 'full' | null = null

  constructor(
    config: Config,
    logger: Logger,
    host: DurableQueueHost,
    {
      filename,
      intensity = DEFAULT_INTENSITY,
      takeOverEveryMs = TAKE_OVER_EVERY_MS,
      openWithinMs = OPEN_WITHIN_MS,
      threads,
      store = {},
    }: DurableQueueOptions,
  ) {
    this.#config = config
    this.#takeOverEveryMs = takeOverEveryMs
    this.#openWithinMs = openWithinMs
    this.#storeOptions = store
    this.#logger = logger
    this.#host = host
    this.#orphans = new Orphans(config.queue.disk.orphanGraceMs)
    this.ready = new Promise((resolve) => {
      this.#settleReady = resolve
    })
    this.#storage = new StorageSupervisor(
      {
        notice: (notice) => this.#notice(notice),
        died: (cause, retryInMs) => this.#died(cause, retryInMs),
        connect: (shard, port) => this.#connect(shard, port),
      },
      filename,
      intensity,
      threads ?? {},
    )
    const lookEveryMs = Math.min(LOOK_EVERY_MS, Math.max(config.queue.disk.orphanGraceMs, SHORTEST_LOOK_MS))
    this.#look = setInterval(() => void this.#giveUpOrphans(), lookEveryMs).unref()
  }

  /** Whether batches are delivered by whichever process consumes. */
  get isHandedOver(): boolean {
    return isHandedOver(this.#config.queue)
  }

  /** Whether this process delivers what is in a queue that processes share; null: they do not share it. */
  get isConsumer(): boolean | null {
    const { queue } = this.#config
    return isHandedOver(queue) ? isConsumer(queue, this.#storeOptions.consumes ?? false) : null
  }

  /** Takes no more of a queue that processes share, and gives back what was taken, at most for so long, in ms. */
  async giveBack(withinMs: number): Promise<void> {
    if (!this.#isOpen || !this.isHandedOver) return
    await this.#storage.control.call((remote) => remote.giveBack(), withinMs).catch(() => undefined)
  }

  /** What the shard has of it. */
  link(shard: number): (handOver: SharedArrayBuffer) => ShardQueueLink {
    return (handOver) => ({
      handOver,
      afterMs: this.#config.queue.disk.afterMs,
      handsOver: this.isHandedOver,
      connect: () => this.#storage.connect(shard),
      behind: () => this.#behind(shard),
    })
  }

  /** Starts the storage thread, once the memory of all shards is there. */
  start(shards: readonly ShardClient[]): void {
    this.#shards = shards
    const { store, suffixBytes } = storeSettings(this.#config, this.#storeOptions)
    const memories = shards.flatMap(({ storageMemory }) => storageMemory ?? [])
    this.#storage.start({
      store,
      openWithinMs: this.#openWithinMs,
      suffixBytes,
      shards: memories,
      counters: this.counters,
      takeOverEveryMs: this.#takeOverEveryMs,
    })
    const watch = new StorageWatch(
      memories.map(({ handOver }) => handOver),
      (lagMs) => this.#behindBy(lagMs),
    )
    const counters = new Float64Array(this.counters)
    this.#watch = setInterval(() => {
      counters[STORAGE_LAYOUT.at.store_lag_ms] = watch.look(performance.now())
    }, WATCH_EVERY_MS).unref()
  }

  /** Has the shards deliver what is parked. Resolves when they know of it. */
  async resume(): Promise<void> {
    const backlogs = await this.#storage.control.call((remote) => remote.backlogs(), Number.POSITIVE_INFINITY)
    await this.#route(backlogs.map(({ target }) => target))
  }

  /** The app was set: what was parked for endpoints of it that were not there is delivered. */
  async appSet(app: string): Promise<void> {
    const targets = this.#orphans.takeOf(app)
    if (targets.length > 0) await this.#route(targets)
  }

  /** Resolves when what was handed over before is stored, or cannot be at present. */
  async list(...[query]: Parameters<StorageControl['listLetters']>): ReturnType<StorageControl['listLetters']> {
    return this.#storage.control.call((remote) => remote.listLetters(query), Number.POSITIVE_INFINITY)
  }

  /** @returns how many */
  async replay(selection: LetterSelection): Promise<number> {
    const control = this.#storage.control
    const backlogs: readonly Backlog[] = await control.call(
      (remote) => remote.replayLetters(selection),
      Number.POSITIVE_INFINITY,
    )
    await this.#route(backlogs.map(({ target }) => target))
    return backlogs.reduce((sum, { jobs }) => sum + jobs, 0)
  }

  /** Sends the events of these letters one by one; one whose webhook is gone, or that finds no room, stays. @returns how many letters */
  async split(letters: readonly Letter[]): Promise<number> {
    const found = letters.flatMap(({ head, body }) => {
      const place = this.#find(head.target)
      return place === null ? [] : [{ ...place, head, body }]
    })
    // After this the shards know the endpoints.
    await this.#route(found.map(({ head }) => head.target))
    const counts = await Promise.all(
      [...groupBy(found, ({ shard }) => shard)].map(([shard, its]) =>
        shard.splitStoredLetters(its.map(({ endpoint, head, body }) => ({ endpoint: endpoint.endpoint, head, body }))),
      ),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  }

  /** @returns how many */
  async purge(selection: LetterSelection): Promise<number> {
    return this.#storage.control.call((remote) => remote.purgeLetters(selection), Number.POSITIVE_INFINITY)
  }

  /** Stored jobs; the last figure when the storage thread does not answer. */
  async jobs(): Promise<number> {
    const asked = this.#storage.control.call((remote) => remote.jobs(), ANSWER_WITHIN_MS)
    return asked.catch(() => this.lastJobs)
  }

  /** Stored jobs, as they were counted last: when the queue is closed, those that are left. */
  get lastJobs(): number {
    return new Float64Array(this.counters)[STORAGE_LAYOUT.at.stored_jobs] ?? 0
  }

  /** The storage thread that runs, for tests that end it. @internal */
  get thread(): Worker | null {
    return this.#storage.thread
  }

  /** Stores what is handed over and ends the storage thread. */
  async close(graceMs: number): Promise<void> {
    clearInterval(this.#look)
    if (this.#watch !== null) clearInterval(this.#watch)
    await this.#storage.close(graceMs)
  }

  async #behind(shard: number): Promise<readonly BehindEndpoint[]> {
    if (!this.#isOpen) return []
    const asked = this.#storage.control.call((remote) => remote.behind(shard), Number.POSITIVE_INFINITY)
    // The thread need not wait for a store that is down or slow: it is told later.
    if (await within(asked, ANSWER_WITHIN_MS)) return asked.catch(() => [])
    void asked.then((endpoints) => this.#sendBehind(this.#shards[shard], endpoints)).catch(() => undefined)
    return []
  }

  #connect(shard: number, port: MessagePort): void {
    const client = this.#shards[shard]
    if (client === undefined) port.close()
    else client.connectStorage(port)
  }

  async #route(targets: readonly JobTarget[]): Promise<void> {
    const places = targets.flatMap((target) => {
      const found = this.#find(target)
      if (found === null) this.#orphaned(target)
      return found ?? []
    })
    await Promise.all(
      [...groupBy(places, ({ shard }) => shard)].map(([shard, its]) =>
        this.#sendBehind(
          shard,
          its.map(({ endpoint }) => endpoint),
        ),
      ),
    )
  }

  async #sendBehind(shard: ShardClient | undefined, endpoints: readonly BehindEndpoint[]): Promise<void> {
    const nextSeq = await this.#storage.control.call((remote) => remote.nextSeq(), Number.POSITIVE_INFINITY)
    await shard?.behind(endpoints, nextSeq)
  }

  #find({ app, endpoint }: JobTarget): { readonly shard: ShardClient; readonly endpoint: BehindEndpoint } | null {
    const entry = this.#host.find(app)
    if (entry === undefined || !entry.config.webhooks.some(({ id }) => id === endpoint)) return null
    if (entry.link === null) this.#host.place(entry)
    const shard = entry.link === null ? undefined : this.#shards[entry.link.number]
    const placement = entry.placements.find(({ config }) => config.id === endpoint)
    if (shard === undefined || placement === undefined) return null
    return { shard, endpoint: { app: entry.index, endpoint: placement.number } }
  }

  #orphaned(target: JobTarget): void {
    if (!this.#orphans.add({ target }, performance.now())) return
    const { orphanGraceMs } = this.#config.queue.disk
    this.#logger.warn(
      { ...target, graceMs: orphanGraceMs },
      'the queue has batches of a webhook that is not configured: they are kept for now, and become dead letters unless it comes back',
    )
  }

  async #giveUpOrphans(): Promise<void> {
    if (!this.#host.areAppsLoaded()) return
    for (const orphan of this.#orphans.takeExpired(performance.now())) {
      if (this.#find(orphan.target) !== null) await this.#route([orphan.target])
      else await this.#giveUp(orphan)
    }
  }

  async #giveUp({ target, sinceMs }: Orphan): Promise<void> {
    const reason = 'its webhook was not configured for longer than queue.disk.orphan_grace_ms'
    const control = this.#storage.control
    try {
      const batches = await control.call(
        (remote) => remote.abandon(target, 'endpoint-gone', reason),
        Number.POSITIVE_INFINITY,
      )
      this.#logger.warn({ ...target, batches }, 'batches of a webhook that is gone became dead letters')
    } catch (err) {
      this.#orphans.add({ target }, sinceMs)
      if (err instanceof ClosedError) return
      this.#logger.warn({ ...target, err }, 'batches of a webhook that is gone could not be made dead letters yet')
    }
  }

  #notice(notice: StorageNotice): void {
    switch (notice.kind) {
      case 'opened':
        this.#opened(notice.recovery, notice.warnings)
        break
      case 'not-yet-open':
        this.#logger.warn(
          { message: notice.message },
          `the queue cannot be opened yet: ${notice.message}; trying again`,
        )
        break
      case 'unusable':
        this.#unusable(new QueueUnusableError(notice.code, notice.message))
        break
      case 'taken-over':
        this.#takenOver(notice)
        break
      case 'down':
        this.#down('down', notice.message)
        break
      case 'unreadable':
        this.#logger.error({ message: notice.message }, `the queue could not be read: ${notice.message}; trying again`)
        break
      case 'full':
        this.#down('full', 'it is full; deliveries make room')
        break
      case 'up':
        this.#up()
        break
      case 'adopted':
        this.#logger.info({}, 'the queue has batches of a process that ended: this process delivers them')
        void this.resume().catch(() => undefined)
        break
      case 'unplaced':
        void this.#route(notice.targets).catch(() => undefined)
        break
      case 'lost':
        this.#lost(notice.loss)
    }
  }

  #takenOver({ targets, jobs, letters, problems }: TakenOver): void {
    for (const problem of problems)
      this.#logger.warn({}, `what another process left could not be taken over: ${problem}`)
    if (jobs + letters === 0) return
    this.#logger.info({ jobs, letters }, 'took over batches and dead letters of a process that no longer runs')
    void this.#route(targets).catch(() => undefined)
  }

  #opened(recovery: StoreRecovery, warnings: readonly string[]): void {
    if (this.#isOpen) {
      void this.resume().catch(() => undefined)
      return
    }
    this.#isOpen = true
    this.recovery = recovery
    // Not by the storage thread: another one finds what has been stored since, too.
    new Float64Array(this.counters)[STORAGE_LAYOUT.at.recovered_jobs] = recovery.jobs
    this.warnings = warnings
    this.#settleReady(null)
  }

  #unusable(error: Error): void {
    if (this.#isOpen) this.#down('down', error.message)
    else this.#settleReady(error)
  }

  #behindBy(lagMs: number): void {
    this.#logger.warn({ lagMs }, 'the queue is behind: accepted events wait longer to be stored')
    this.#host.notify('queue-behind', { lagMs })
  }

  #down(reason: 'down' | 'full', message: string): void {
    if (this.#problem === reason) return
    this.#problem = reason
    const { onFailure } = this.#config.queue
    const isRefusing = reason === 'down' && onFailure === 'refuse'
    const what = isRefusing ? 'events are refused until it is back' : 'events are kept only in memory until it is back'
    this.#logger.error({ reason, message }, `the queue cannot store: ${message}; ${what}`)
    this.#host.refuse(isRefusing)
    this.#host.notify('queue-down', { reason, message })
  }

  #lost({ reason, parked: batches }: StoreLoss): void {
    const what =
      reason === 'lost'
        ? 'the queue lost what it had stored: what is still in memory is stored again'
        : 'another process took over what this one had stored, because this one had been paused for too long'
    this.#logger.error({ reason, batches }, what)
    this.#host.notify('queue-lost', { reason, batches })
  }

  #up(): void {
    if (this.#problem === null) return
    this.#problem = null
    this.#logger.info({}, 'the queue is storing batches again')
    this.#host.refuse(false)
    this.#host.notify('queue-up')
  }

  #died(cause: Error, retryInMs: number): void {
    if (!this.#isOpen) return
    this.#logger.error({ err: cause, retryInMs }, 'the storage thread died: another one is starting')
  }

  /** Whether it could be stored within this time, in ms. */
  async persisted(timeoutMs: number): Promise<boolean> {
    if (!this.#isOpen) return false
    return within(Promise.all(this.#shards.map((shard) => shard.persist())), timeoutMs)
  }
}
