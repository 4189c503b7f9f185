import { once } from 'node:events'
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import { ClosedError, ShardDownError } from '../errors.js'
import type { DirectoryPart, Notice, Recovery, ShardTask } from '../shard/messages.js'
import { ControlClient } from './control-client.js'
import { partDirectory, type ShardDirectory } from './directory-parts.js'
import { leftoverApps } from './leftovers.js'
import type { ThreadPool } from './pool.js'
import { type RestartIntensity, RestartPolicy } from './restart-policy.js'
import type { RestartReport } from './restart-report.js'
import { within } from './within.js'

/** What stays the same when a shard gets a new thread. */
export type ShardMemory = Pick<ShardTask, 'ring' | 'board' | 'nameSlot' | 'arena' | 'shape' | 'counters' | 'settings'>

/** What a supervisor tells the dispatcher. */
export interface SupervisorHost {
  /** The apps and stopped endpoints that a new thread starts with. */
  directory(): ShardDirectory
  notices(notices: readonly Notice[]): void
  restarted(report: RestartReport): void
  /** The shard died too often and stays dead. */
  gaveUp(cause: Error): void
}

/**
 * Keeps one shard alive.
 *
 *     starting → running   the thread's first notice
 *     starting,
 *     running  → starting  the thread died, and the restart policy bears it
 *              → down      it does not: calls are rejected, events refused
 *     any      → stopped   `stop`
 */
export class ShardSupervisor {
  readonly control = new ControlClient()
  /** Resolves when the first thread runs, or to why there will be none. */
  readonly ready: Promise<Error | null>
  private settleReady: (failure: Error | null) => void = () => undefined
  private state: 'starting' | 'running' | 'down' | 'stopped' = 'starting'
  private signals: MessagePort | null = null
  private worker: Worker | null = null
  private task: Promise<unknown> = Promise.resolve()
  private restarts = 0
  private death: { readonly cause: Error; readonly atMs: number } | null = null
  private readonly policy: RestartPolicy

  constructor(
    private readonly shard: number,
    private readonly pool: ThreadPool,
    private readonly memory: ShardMemory,
    private readonly host: SupervisorHost,
    intensity: RestartIntensity,
  ) {
    this.policy = new RestartPolicy(intensity)
    this.ready = new Promise((resolve) => {
      this.settleReady = resolve
    })
  }

  /** Rings the shard's doorbell. */
  ring(): void {
    this.signals?.postMessage(null)
  }

  /** Starts the first thread. */
  start(): void {
    const signals = new MessageChannel()
    const control = new MessageChannel()
    const { arena, shape } = this.memory
    const directory = this.host.directory()
    const { first, later } = partDirectory(directory, this.restarts === 0 ? new Set() : leftoverApps(arena, shape))
    const task: ShardTask = {
      ...this.memory,
      apps: first,
      stopped: directory.stopped,
      shard: this.shard,
      restarts: this.restarts,
      signals: signals.port2,
      control: control.port2,
    }
    this.signals = signals.port1
    signals.port1.on('message', (notices: readonly Notice[]) => this.receive(notices))
    signals.port1.unref()
    this.control.attach(control.port1)
    this.task = this.pool.run(task, [signals.port2, control.port2]).then(
      () => this.ended(new Error('the shard ended by itself')),
      (error: unknown) => this.ended(error instanceof Error ? error : new Error(String(error))),
    )
    this.sendParts(signals.port1, later)
  }

  /** One part at a turn of the event loop. */
  private sendParts(signals: MessagePort, [part, ...later]: readonly DirectoryPart[]): void {
    if (part === undefined || signals !== this.signals) return
    signals.postMessage(part)
    setImmediate(() => this.sendParts(signals, later))
  }

  /** Ends the shard, with whatever is left. A thread that does not answer within `graceMs` is left to the pool. */
  async stop(graceMs: number): Promise<void> {
    if (this.state === 'down' || this.state === 'stopped') return
    this.state = 'stopped'
    this.settleReady(new ClosedError())
    const ended = Promise.allSettled([this.control.call((remote) => remote.stop()), this.task])
    await within(ended, graceMs)
    this.disconnect()
    this.control.fail(new ClosedError())
  }

  /** The thread that runs the shard; null: none does yet, or no longer. */
  get thread(): Worker | null {
    return this.worker
  }

  private get isStopped(): boolean {
    return this.state === 'stopped'
  }

  private receive(notices: readonly Notice[]): void {
    for (const notice of notices) {
      if (notice.kind === 'started') this.started(notice.threadId, notice.recovery)
    }
    this.host.notices(notices)
  }

  private started(threadId: number, recovery: Recovery): void {
    this.worker = this.pool.threads.find((thread) => thread.threadId === threadId) ?? null
    if (this.state === 'starting') this.state = 'running'
    this.settleReady(null)
    if (this.death === null) return
    const { cause, atMs } = this.death
    this.death = null
    this.host.restarted({ shard: this.shard, cause, recovery, tookMs: performance.now() - atMs })
  }

  private async ended(cause: Error): Promise<void> {
    if (this.isStopped) return
    const atMs = performance.now()
    this.death ??= { cause, atMs }
    this.disconnect()
    await this.untilThreadIsGone()
    if (this.isStopped) return
    if (!this.policy.mayRestart(atMs)) {
      this.state = 'down'
      const down = new ShardDownError(this.shard, { cause })
      this.settleReady(down)
      this.control.fail(down)
      this.host.gaveUp(cause)
      return
    }
    this.state = 'starting'
    this.restarts += 1
    this.start()
  }

  /** An uncaught error is reported before its thread has ended; only one thread may write a ring and an arena. */
  private async untilThreadIsGone(): Promise<void> {
    const { worker } = this
    this.worker = null
    if (worker !== null && worker.threadId !== -1) await once(worker, 'exit')
  }

  private disconnect(): void {
    this.signals?.close()
    this.signals = null
    this.control.detach()
  }
}
