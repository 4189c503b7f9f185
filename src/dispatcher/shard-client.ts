import type { MessagePort, Worker } from 'node:worker_threads'
import { arenaShape, createArena, mostSlabs } from '../arena/layout.js'
import type { AppConfig } from '../config/model.js'
import { createHandOver } from '../hand-over/layout.js'
import type { AppIndex, EndpointNumber } from '../indexes.js'
import { createSlot } from '../names/shared-slot.js'
import { Control, createBoard, createRing } from '../ring/layout.js'
import type { AppEntry } from '../router/app-entry.js'
import { Link } from '../router/link.js'
import { placeEndpoints } from '../router/placement.js'
import type {
  Change,
  DeadLetter,
  DeadLetterQuery,
  DeadLetterSelection,
  ListedDeadLetter,
  Notice,
  PlacedApp,
} from '../shard/messages.js'
import { createHostBlock, createShardBlock, HostCounter } from '../stats/layout.js'
import type { ShardSource } from '../stats/snapshot.js'
import type { BehindEndpoint, ShardMemoryForStorage, StoredLetter } from '../storage/messages.js'
import { AppVersions } from '../supervisor/app-versions.js'
import { ChangeQueue } from '../supervisor/change-queue.js'
import { type Leftovers, leftovers } from '../supervisor/leftovers.js'
import { OpenCircuits } from '../supervisor/open-circuits.js'
import type { ThreadPool } from '../supervisor/pool.js'
import type { RestartReport } from '../supervisor/restart-report.js'
import {
  type ShardMemory,
  type ShardQueueLink,
  ShardSupervisor,
  type SupervisorLimits,
} from '../supervisor/shard-supervisor.js'

/** Threads of all dispatchers share the system's resolver, and so this. */
const nameSlot = createSlot()

/** What a shard's client reports to the dispatcher. */
export interface ShardClientHost {
  notice(notice: Notice, client: ShardClient): void
  restarted(report: RestartReport): void
  down(shard: number, cause: Error, retryInMs: number): void
  /** A number that no endpoint of the dispatcher has had. */
  nextEndpointNumber(): EndpointNumber
}

export interface ShardSizes {
  readonly ringBytes: number
  readonly arenaBytes: number
  readonly maxBytes: number
}

/** How long a shard may take to answer a call, in ms. Those that wait for deliveries are bounded by their callers. */
const ANSWER_WITHIN_MS = 30_000

/** One shard as the main thread sees it: its memory, its ring, its supervisor and the apps that live on it. */
export class ShardClient {
  readonly number: number
  readonly link: Link
  readonly #host: ShardClientHost
  readonly #supervisor: ShardSupervisor
  readonly #memory: ShardMemory
  readonly #handOver: SharedArrayBuffer | null
  readonly #entries = new Map<AppIndex, AppEntry>()
  readonly #apps = new AppVersions((index) => this.#forget(index))
  readonly #circuits = new OpenCircuits()
  #nextIndex = 0
  /** How many apps here have an id: one that was deleted and added again may still have something left. */
  readonly #idCounts = new Map<string, number>()
  readonly #changes = new ChangeQueue((changes) => this.#configure(changes))

  constructor(
    number: number,
    pool: ThreadPool,
    settings: ShardMemory['settings'],
    sizes: ShardSizes,
    host: ShardClientHost,
    limits: SupervisorLimits,
    createQueue: ((handOver: SharedArrayBuffer) => ShardQueueLink) | null,
  ) {
    this.number = number
    this.#host = host
    const shape = arenaShape(sizes.arenaBytes, sizes.maxBytes, sizes.ringBytes)
    this.#memory = {
      ring: createRing(sizes.ringBytes),
      board: createBoard(),
      nameSlot,
      arena: createArena(shape),
      shape,
      counters: createShardBlock(),
      settings,
    }
    const supervisorHost = this.#supervisorHost()
    this.#handOver = createQueue === null ? null : createHandOver(mostSlabs(shape))
    const queue = this.#handOver === null ? null : (createQueue?.(this.#handOver) ?? null)
    this.#supervisor = new ShardSupervisor(number, pool, this.#memory, supervisorHost, limits, queue)
    this.link = new Link(number, this.#memory.ring, this.#memory.board, createHostBlock(), () =>
      this.#supervisor.ring(),
    )
    this.#supervisor.start()
  }

  /** Resolves when its thread runs, or to why none does. */
  get ready(): Promise<Error | null> {
    return this.#supervisor.ready
  }

  /** The thread that runs it now. */
  get thread(): Worker | null {
    return this.#supervisor.thread
  }

  /** What outlives its threads. */
  get memory(): ShardMemory {
    return this.#memory
  }

  /** What the storage thread shares with it, or null without a durable queue. */
  get storageMemory(): ShardMemoryForStorage | null {
    const { arena, shape } = this.#memory
    return this.#handOver === null ? null : { shard: this.number, arena, shape, handOver: this.#handOver }
  }

  get source(): ShardSource {
    return {
      host: this.link.counters,
      shard: this.#memory.counters,
      ringBacklogBytes: this.link.producer.backlogBytes,
    }
  }

  /** Gives the app a place here. What it is goes to the thread once, with the changes of the same turn. */
  place(entry: AppEntry): void {
    entry.link = this.link
    entry.index = this.#nextIndex++
    this.link.apps += 1
    this.#entries.set(entry.index, entry)
    this.#idCounts.set(entry.config.id, (this.#idCounts.get(entry.config.id) ?? 0) + 1)
    // Nobody waits for a first placement: the ring itself waits at its marker.
    this.change(entry, entry.config).catch(() => undefined)
  }

  /**
   * Changes a placed app from here on in the stream of events.
   * @param config null: the app is gone
   * @returns resolves when in force
   * @throws ShardDownError, ControlTimeoutError: the change takes effect later
   */
  async change(entry: AppEntry, config: AppConfig | null): Promise<void> {
    const marker = this.link.mark()
    entry.placements = placeEndpoints(entry, config, marker, () => this.#host.nextEndpointNumber())
    const { index, placements: endpoints } = entry
    this.#apps.reached(this.#passed)
    const app = { index, config: entry.config, endpoints, isRemoved: config === null }
    return this.#changes.add(this.#apps.change(marker, app))
  }

  /** Resolves when every event accepted before is delivered or a dead letter, and that is reported. @throws ShardDownError */
  flush(): Promise<void> {
    const marker = this.link.mark()
    return this.#supervisor.control.call((remote) => remote.flush(marker), Number.POSITIVE_INFINITY)
  }

  /** Resolves when every event accepted before is stored, delivered or a dead letter. @throws ShardDownError */
  persist(): Promise<void> {
    const marker = this.link.mark()
    return this.#supervisor.control.call((remote) => remote.persist(marker), Number.POSITIVE_INFINITY)
  }

  /** The store may have parked jobs of these endpoints, all of a lower `seq`. */
  behind(endpoints: readonly BehindEndpoint[], nextSeq: number): Promise<void> {
    const marker = this.link.mark()
    return this.#supervisor.control.call(
      (remote) => remote.behind(marker, endpoints, nextSeq),
      Number.POSITIVE_INFINITY,
    )
  }

  /** Connects its thread to another storage thread. */
  connectStorage(port: MessagePort): void {
    this.#supervisor.connectStorage(port)
  }

  /** Whether the app has a place here, or had one and its batches or dead letters are not all gone. */
  hosts(app: string): boolean {
    return this.#idCounts.has(app)
  }

  storeDeadLetters(): Promise<boolean> {
    return this.#supervisor.control.call((remote) => remote.storeDeadLetters(), ANSWER_WITHIN_MS)
  }

  listDeadLetters(query: DeadLetterQuery): Promise<ListedDeadLetter[]> {
    return this.#supervisor.control.call((remote) => remote.listDeadLetters(query), ANSWER_WITHIN_MS)
  }

  getDeadLetter(id: string): Promise<DeadLetter | null> {
    return this.#supervisor.control.call((remote) => remote.getDeadLetter(id), ANSWER_WITHIN_MS)
  }

  replayDeadLetters(selection: DeadLetterSelection, split: boolean): Promise<number> {
    return this.#supervisor.control.call((remote) => remote.replayDeadLetters(selection, split), ANSWER_WITHIN_MS)
  }

  purgeDeadLetters(selection: DeadLetterSelection): Promise<number> {
    return this.#supervisor.control.call((remote) => remote.purgeDeadLetters(selection), ANSWER_WITHIN_MS)
  }

  splitStoredLetters(letters: readonly StoredLetter[]): Promise<number> {
    return this.#supervisor.control.call((remote) => remote.splitStoredLetters(letters), ANSWER_WITHIN_MS)
  }

  /** @param bits see `Subscription` */
  subscribe(bits: number): void {
    Atomics.store(this.link.producer.memory.control, Control.Subscriptions, bits)
  }

  async stop(graceMs: number): Promise<void> {
    this.link.close()
    await this.#supervisor.stop(graceMs)
  }

  /** What is in memory and neither delivered nor a dead letter, now; read in pieces. */
  leftovers(): Generator<void, Leftovers, void> {
    return leftovers(this.#memory.ring, this.#memory.arena, this.#memory.shape)
  }

  /** The id of the app with this index. */
  appAt(index: AppIndex): string | undefined {
    return this.#entries.get(index)?.config.id
  }

  /** All that live here, as they are configured last. */
  apps(): Iterable<PlacedApp> {
    return this.#apps.newest()
  }

  async #configure(changes: readonly Change[]): Promise<void> {
    await this.#supervisor.control.call((remote) => remote.configure(changes), ANSWER_WITHIN_MS)
    this.#apps.reached(this.#passed)
  }

  /** The last marker that the shard's thread has passed. */
  get #passed(): number {
    return Atomics.load(this.link.producer.memory.control, Control.LastMarker)
  }

  #supervisorHost() {
    return {
      directory: () => this.#apps.directory(this.#passed),
      changes: () => this.#apps.waiting,
      lastMarker: () => this.link.lastMarker,
      notices: (notices: readonly Notice[]) => {
        for (const notice of notices) this.#receive(notice)
      },
      restarted: (report: RestartReport) => {
        this.link.isDown = false
        this.link.count(HostCounter.shard_restarts)
        for (const notice of this.#circuits.closeAll()) this.#host.notice(notice, this)
        this.#host.restarted(report)
      },
      down: (cause: Error, retryInMs: number) => {
        this.link.isDown = true
        this.#host.down(this.number, cause, retryInMs)
      },
    }
  }

  #receive(notice: Notice): void {
    this.#circuits.receive(notice)
    if (notice.kind === 'stopped') this.#apps.stopped(notice.app, notice.endpoint, notice.generation)
    else if (notice.kind === 'retired') this.#retired(notice.app, notice.endpoint, notice.generation)
    this.#host.notice(notice, this)
  }

  #retired(index: AppIndex, endpoint: EndpointNumber, generation: number): void {
    const entry = this.#entries.get(index)
    const app = this.#apps.retired(index, endpoint, generation)
    if (entry !== undefined && app !== undefined) entry.placements = app.endpoints
  }

  #forget(index: AppIndex): void {
    const id = this.appAt(index)
    const count = id === undefined ? 0 : (this.#idCounts.get(id) ?? 0)
    if (id !== undefined && count > 1) this.#idCounts.set(id, count - 1)
    else if (id !== undefined) this.#idCounts.delete(id)
    this.#entries.delete(index)
    this.link.apps -= 1
  }
}
