import type { Worker } from 'node:worker_threads'
import { arenaShape, createArena } from './arena/layout.js'
import type { AppConfig } from './config/model.js'
import { createSlot } from './names/shared-slot.js'
import { Control, createBoard, createRing } from './ring/layout.js'
import type { AppEntry } from './router/app-entry.js'
import { Link } from './router/link.js'
import { placeEndpoints } from './router/placement.js'
import type { Change, DeadLetter, DeadLetterQuery, DeadLetterSelection, Notice, PlacedApp } from './shard/messages.js'
import { createHostBlock, createShardBlock, HostCounter } from './stats/layout.js'
import type { ShardSource } from './stats/snapshot.js'
import { type Leftovers, leftovers } from './supervisor/leftovers.js'
import type { ThreadPool } from './supervisor/pool.js'
import type { RestartIntensity } from './supervisor/restart-policy.js'
import type { RestartReport } from './supervisor/restart-report.js'
import { type ShardMemory, ShardSupervisor } from './supervisor/shard-supervisor.js'

/** Threads of all dispatchers share the system's resolver, and so this. */
const nameSlot = createSlot()

/** What a shard's client tells the dispatcher. */
export interface ShardClientHost {
  notice(notice: Notice, client: ShardClient): void
  restarted(report: RestartReport): void
  gaveUp(shard: number, cause: Error): void
  /** A number that no endpoint of the dispatcher has had. */
  nextEndpointNumber(): number
}

export interface ShardSizes {
  readonly ringBytes: number
  readonly arenaBytes: number
  readonly maxBytes: number
}

/** One shard as the main thread sees it: its memory, its ring, its supervisor and the apps that live on it. */
export class ShardClient {
  readonly link: Link
  private readonly supervisor: ShardSupervisor
  private readonly memory: ShardMemory
  private readonly entries = new Map<number, AppEntry>()
  private readonly placed = new Map<number, PlacedApp>()
  private readonly stopped = new Set<number>()
  private nextIndex = 0
  private changes: Change[] = []
  private sending: Promise<void> = Promise.resolve()

  constructor(
    readonly number: number,
    pool: ThreadPool,
    settings: ShardMemory['settings'],
    sizes: ShardSizes,
    private readonly host: ShardClientHost,
    intensity: RestartIntensity,
  ) {
    const shape = arenaShape(sizes.arenaBytes, sizes.maxBytes)
    this.memory = {
      ring: createRing(sizes.ringBytes),
      board: createBoard(),
      nameSlot,
      arena: createArena(shape),
      shape,
      counters: createShardBlock(),
      settings,
    }
    this.supervisor = new ShardSupervisor(
      number,
      pool,
      this.memory,
      {
        directory: () => ({ apps: [...this.placed.values()], stopped: [...this.stopped] }),
        notices: (notices) => {
          for (const notice of notices) this.receive(notice)
        },
        restarted: (report) => {
          this.link.count(HostCounter.shard_restarts)
          this.host.restarted(report)
        },
        gaveUp: (cause) => {
          this.link.isDown = true
          this.host.gaveUp(number, cause)
        },
      },
      intensity,
    )
    this.link = new Link(number, this.memory.ring, this.memory.board, createHostBlock(), () => this.supervisor.ring())
    this.supervisor.start()
  }

  /** Resolves when its thread runs, or to why none does. */
  get ready(): Promise<Error | null> {
    return this.supervisor.ready
  }

  /** The thread that runs it now. */
  get thread(): Worker | null {
    return this.supervisor.thread
  }

  get source(): ShardSource {
    return {
      host: this.link.counters,
      shard: this.memory.counters,
      ringBacklogBytes: this.link.producer.backlogBytes,
    }
  }

  /** Gives the app a place here. What it is goes to the thread once, with the changes of the same turn. */
  place(entry: AppEntry): void {
    entry.link = this.link
    entry.index = this.nextIndex++
    this.link.apps += 1
    this.entries.set(entry.index, entry)
    // Nobody waits for a first placement: the ring itself waits at its marker.
    this.change(entry, entry.config).catch(() => undefined)
  }

  /** Changes a placed app from here on in the stream of events. @param config null: the app is gone. Resolves when in force */
  async change(entry: AppEntry, config: AppConfig | null): Promise<void> {
    entry.placements = placeEndpoints(entry, config, () => this.host.nextEndpointNumber())
    for (const { number } of entry.placements) this.stopped.delete(number)
    const app = this.remember(entry)
    this.changes.push({ marker: this.link.mark(), app })
    if (this.changes.length === 1) {
      this.sending = Promise.resolve().then(() => {
        const changes = this.changes
        this.changes = []
        return this.supervisor.control.call((remote) => remote.configure(changes))
      })
    }
    return this.sending
  }

  /** Resolves when every event accepted before is delivered or a dead letter. @throws ShardDownError */
  flush(): Promise<void> {
    const marker = this.link.mark()
    return this.supervisor.control.call((remote) => remote.flush(marker))
  }

  /** Whether the app has a place here, or had one and its batches or dead letters are not all gone. */
  hosts(app: string): boolean {
    for (const { config } of this.placed.values()) if (config.id === app) return true
    return false
  }

  listDeadLetters(query: DeadLetterQuery): Promise<DeadLetter[]> {
    return this.supervisor.control.call((remote) => remote.listDeadLetters(query))
  }

  replayDeadLetters(selection: DeadLetterSelection): Promise<number> {
    return this.supervisor.control.call((remote) => remote.replayDeadLetters(selection))
  }

  purgeDeadLetters(selection: DeadLetterSelection): Promise<number> {
    return this.supervisor.control.call((remote) => remote.purgeDeadLetters(selection))
  }

  /** @param bits see `Subscription` */
  subscribe(bits: number): void {
    Atomics.store(this.link.producer.memory.control, Control.Subscriptions, bits)
  }

  async stop(graceMs: number): Promise<void> {
    this.link.close()
    await this.supervisor.stop(graceMs)
  }

  /** What is left in memory. Only after the thread has ended. */
  leftovers(): Leftovers {
    return leftovers(this.memory.ring, this.memory.arena, this.memory.shape)
  }

  entryAt(index: number): AppEntry | undefined {
    return this.entries.get(index)
  }

  /** The app and webhook that have this endpoint number. */
  owner(endpoint: number): { readonly app: string; readonly endpoint: string } | undefined {
    for (const { config, endpoints } of this.placed.values()) {
      const placed = endpoints.find(({ number }) => number === endpoint)
      if (placed !== undefined) return { app: config.id, endpoint: placed.config.id }
    }
    return undefined
  }

  private remember(entry: AppEntry): PlacedApp {
    const app: PlacedApp = { index: entry.index, config: entry.config, endpoints: entry.placements }
    this.placed.set(app.index, app)
    return app
  }

  private receive(notice: Notice): void {
    switch (notice.kind) {
      case 'stopped':
        this.stopped.add(notice.endpoint)
        break
      case 'retired':
        this.retire(notice.app, notice.endpoint)
    }
    this.host.notice(notice, this)
  }

  private retire(index: number, endpoint: number): void {
    const entry = this.entries.get(index)
    if (entry === undefined) return
    entry.placements = entry.placements.filter(({ number, active }) => active || number !== endpoint)
    this.remember(entry)
    if (entry.refusal !== 'refused_unknown_app' || entry.placements.length > 0) return
    this.entries.delete(index)
    this.placed.delete(index)
    this.link.apps -= 1
  }
}
