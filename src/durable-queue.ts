import type { MessagePort } from 'node:worker_threads'
import type { Config } from './config/index.js'
import type { DispatcherEvents, Logger } from './dispatcher-events.js'
import { QueueUnusableError } from './errors.js'
import { Orphans } from './orphans.js'
import type { JobTarget } from './queue/job.js'
import type { Backlog, LetterSelection, StoreRecovery } from './queue/job-store.js'
import type { AppEntry } from './router/app-entry.js'
import type { ShardClient } from './shard-client.js'
import { createStorageBlock } from './stats/layout.js'
import type { BehindEndpoint, StorageControl, StorageNotice } from './storage/messages.js'
import { storeSettings } from './store-settings.js'
import type { RestartIntensity } from './supervisor/restart-policy.js'
import type { ShardQueueLink } from './supervisor/shard-supervisor.js'
import { StorageSupervisor } from './supervisor/storage-supervisor.js'
import { within } from './time/within.js'

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

export const NOTHING_RECOVERED: StoreRecovery = { jobs: 0, events: 0, deadLetters: 0, damaged: 0 }
/** How long a shard's new thread waits to hear of parked jobs, in ms. */
const ANSWER_WITHIN_MS = 2000
/** How often endpoints that are gone are looked at, in ms. */
const LOOK_EVERY_MS = 30_000

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
  readonly #logger: Logger
  readonly #host: DurableQueueHost
  readonly #storage: StorageSupervisor
  readonly #orphans: Orphans
  readonly #look: NodeJS.Timeout
  #shards: readonly ShardClient[] = []
  #settleReady: (failure: Error | null) => void = () => undefined
  #isOpen = false

  /** @param filename path of what the storage thread loads */
  constructor(config: Config, logger: Logger, host: DurableQueueHost, filename: string, intensity: RestartIntensity) {
    this.#config = config
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
    )
    this.#look = setInterval(() => void this.#giveUpOrphans(), LOOK_EVERY_MS).unref()
  }

  /** What the shard has of it. */
  link(shard: number): (handOver: SharedArrayBuffer) => ShardQueueLink {
    return (handOver) => ({
      handOver,
      afterMs: this.#config.queue.disk.afterMs,
      connect: () => this.#storage.connect(shard),
      behind: () => this.#behind(shard),
    })
  }

  /** Starts the storage thread, once the memory of all shards is there. */
  start(shards: readonly ShardClient[]): void {
    this.#shards = shards
    const { store, suffixBytes } = storeSettings(this.#config)
    const memories = shards.flatMap(({ storageMemory }) => storageMemory ?? [])
    this.#storage.start({ store, suffixBytes, shards: memories, counters: this.counters })
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

  /** @returns how many */
  async purge(selection: LetterSelection): Promise<number> {
    return this.#storage.control.call((remote) => remote.purgeLetters(selection), Number.POSITIVE_INFINITY)
  }

  /** Parked jobs by endpoint; empty when the storage thread does not answer. */
  async backlogs(): Promise<readonly Backlog[]> {
    const asked = this.#storage.control.call((remote) => remote.backlogs(), ANSWER_WITHIN_MS)
    return asked.catch(() => [])
  }

  /** Stores what is handed over and ends the storage thread. */
  async close(graceMs: number): Promise<void> {
    clearInterval(this.#look)
    await this.#storage.close(graceMs)
  }

  async #behind(shard: number): Promise<readonly BehindEndpoint[]> {
    if (!this.#isOpen) return []
    const asked = this.#storage.control.call((remote) => remote.behind(shard), ANSWER_WITHIN_MS)
    return asked.catch(() => [])
  }

  #connect(shard: number, port: MessagePort): void {
    const client = this.#shards[shard]
    if (client === undefined) port.close()
    else client.connectStorage(port)
  }

  async #route(targets: readonly JobTarget[]): Promise<void> {
    const byShard = new Map<ShardClient, BehindEndpoint[]>()
    for (const target of targets) {
      const found = this.#find(target)
      if (found === null) this.#orphaned(target)
      else {
        const behind = byShard.get(found.shard)
        if (behind === undefined) byShard.set(found.shard, [found.endpoint])
        else behind.push(found.endpoint)
      }
    }
    await Promise.all([...byShard].map(([shard, endpoints]) => shard.behind(endpoints)))
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
      'the queue has batches of a webhook that is not configured: they are kept, and become dead letters if it stays so',
    )
  }

  async #giveUpOrphans(): Promise<void> {
    if (!this.#host.areAppsLoaded()) return
    for (const target of this.#orphans.takeExpired(performance.now())) {
      const error = 'its webhook was not configured for longer than queue.disk.orphan_grace_ms'
      const control = this.#storage.control
      const count = await control
        .call((remote) => remote.abandon(target, 'endpoint-gone', error), Number.POSITIVE_INFINITY)
        .catch(() => 0)
      this.#logger.warn({ ...target, batches: count }, 'batches of a webhook that is gone became dead letters')
    }
  }

  #notice(notice: StorageNotice): void {
    switch (notice.kind) {
      case 'opened':
        this.#opened(notice.recovery, notice.warnings)
        break
      case 'unusable':
        this.#unusable(new QueueUnusableError(notice.code, notice.message))
        break
      case 'behind':
        this.#logger.warn({ lagMs: notice.lagMs }, 'the queue is behind: what is accepted waits longer to be stored')
        this.#host.notify('queue-behind', { lagMs: notice.lagMs })
        break
      case 'down':
        this.#down('down', notice.message)
        break
      case 'full':
        this.#down('full', 'it is full: what is delivered makes room')
        break
      case 'up':
        this.#up()
    }
  }

  #opened(recovery: StoreRecovery, warnings: readonly string[]): void {
    if (this.#isOpen) {
      this.#up()
      void this.resume().catch(() => undefined)
      return
    }
    this.#isOpen = true
    this.recovery = recovery
    this.warnings = warnings
    this.#settleReady(null)
  }

  #unusable(error: Error): void {
    if (this.#isOpen) this.#down('down', error.message)
    else this.#settleReady(error)
  }

  #down(reason: 'down' | 'full', message: string): void {
    const { onFailure } = this.#config.queue
    const isRefusing = reason === 'down' && onFailure === 'refuse'
    const what = isRefusing ? 'events are refused until it is back' : 'events are kept in memory alone until it is back'
    this.#logger.error({ reason, message }, `the queue cannot store: ${message}; ${what}`)
    if (isRefusing) this.#host.refuse(true)
    this.#host.notify('queue-down', { reason, message })
  }

  #up(): void {
    this.#logger.info({}, 'the queue stores again')
    this.#host.refuse(false)
    this.#host.notify('queue-up')
  }

  #died(cause: Error, retryInMs: number): void {
    if (!this.#isOpen) return
    this.#logger.error({ err: cause, retryInMs }, 'the storage thread died: another one is started')
  }

  /** Whether it could be stored within this time, in ms. */
  async persisted(timeoutMs: number): Promise<boolean> {
    return within(Promise.all(this.#shards.map((shard) => shard.persist())), timeoutMs)
  }
}
