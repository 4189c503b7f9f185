import { once } from 'node:events'
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import { ClosedError, ControlTimeoutError, ShardDownError } from '../errors.js'
import type { EndpointNumber } from '../indexes.js'
import { Control } from '../ring/layout.js'
import type { Change, DirectoryPart, Notice, Recovery, ShardControl, ShardQueue, ShardTask } from '../shard/messages.js'
import type { BehindEndpoint } from '../storage/messages.js'
import { inTurns } from '../time/in-turns.js'
import { Timer } from '../time/timer.js'
import { within } from '../time/within.js'
import type { ShardDirectory } from './app-versions.js'
import { ControlClient } from './control-client.js'
import { type PartedDirectory, partDirectory } from './directory-parts.js'
import { leftoverApps } from './leftovers.js'
import type { PoolTask, ThreadPool } from './pool.js'
import { type RestartIntensity, RestartPolicy } from './restart-policy.js'
import type { RestartReport } from './restart-report.js'
import { ShardPort } from './shard-port.js'
import { type HangLimits, Watchdog } from './watchdog.js'

/** What stays the same when a shard gets a new thread. */
export type ShardMemory = Pick<ShardTask, 'ring' | 'board' | 'nameSlot' | 'arena' | 'shape' | 'counters' | 'settings'>

/** A shard's way to the durable queue. */
export interface ShardQueueLink {
  readonly handOver: SharedArrayBuffer
  readonly afterMs: number
  readonly handsOver: boolean
  /** A port for a new thread to the storage thread. */
  connect(): MessagePort
  /** The endpoints of which the store may have parked jobs; none when it does not answer. */
  behind(): Promise<readonly BehindEndpoint[]>
}

/** What a supervisor reports to the dispatcher. */
export interface SupervisorHost {
  /** The apps that a new thread starts with, after the last marker that the former one has passed; put together in pieces. */
  directory(): Generator<void, ShardDirectory, void>
  /** The changes behind that marker. */
  changes(): readonly Change[]
  /** The number of the last marker in the ring. */
  lastMarker(): number
  notices(notices: readonly Notice[]): void
  restarted(report: RestartReport): void
  /** The shard died too often: it is down until the next try, after `retryInMs`, succeeds. */
  down(cause: Error, retryInMs: number): void
}

export interface SupervisorLimits {
  readonly intensity: RestartIntensity
  readonly hang: HangLimits
}

/** How long a thread that was told to end may take, in ms, before another one starts beside it. */
const EXIT_GRACE_MS = 5000

/**
 * Keeps one shard alive.
 *
 *     starting → running   the thread's notice that it has taken over
 *     starting,
 *     running  → waiting   the thread died or hung; after a moment, or at once, the next one is started
 *              → down      it died too often: the same, but the wait is long, calls are rejected and events refused
 *     waiting,
 *     down     → starting  the wait is over, and it is known what the next thread needs at once
 *     any      → stopped   `stop`
 */
export class ShardSupervisor {
  readonly control: ControlClient<ShardControl>
  /** Resolves when the first thread runs, or to why there is none. */
  readonly ready: Promise<Error | null>
  #settleReady: (failure: Error | null) => void = () => undefined
  #state: 'starting' | 'running' | 'waiting' | 'down' | 'stopped' = 'starting'
  #port: ShardPort | null = null
  #worker: Worker | null = null
  #task: PoolTask | null = null
  #wait: Timer | null = null
  /** The port to a storage thread that began after the next thread had got its port. */
  #nextStorage: MessagePort | null = null
  #restarts = 0
  #death: { readonly cause: Error; readonly atMs: number } | null = null
  readonly #shard: number
  readonly #pool: ThreadPool
  readonly #memory: ShardMemory
  readonly #host: SupervisorHost
  readonly #policy: RestartPolicy
  readonly #hang: HangLimits
  readonly #queue: ShardQueueLink | null
  readonly #watchdog = new Watchdog()
  readonly #heartbeats: Int32Array
  readonly #watch: NodeJS.Timeout

  constructor(
    shard: number,
    pool: ThreadPool,
    memory: ShardMemory,
    host: SupervisorHost,
    limits: SupervisorLimits,
    queue: ShardQueueLink | null,
  ) {
    this.#shard = shard
    this.#pool = pool
    this.#memory = memory
    this.#host = host
    this.#policy = new RestartPolicy(limits.intensity)
    this.#hang = limits.hang
    this.#queue = queue
    this.#heartbeats = new Int32Array(memory.ring)
    this.control = new ControlClient((timeoutMs) => new ControlTimeoutError(shard, timeoutMs))
    this.ready = new Promise((resolve) => {
      this.#settleReady = resolve
    })
    this.#watch = setInterval(() => this.#look(), limits.hang.lookEveryMs).unref()
  }

  /** Rings the shard's doorbell. */
  ring(): void {
    this.#port?.ring()
  }

  /** Starts the first thread, for apps that are all still to come. */
  start(): void {
    const queue = this.#queue === null ? null : this.#queueFor(this.#queue, this.#queue.connect(), [])
    this.#start([], { parts: [{ apps: [], isLast: true }], needed: 0 }, queue)
  }

  /** Connects the thread that runs, or else the next one, to another storage thread. */
  connectStorage(port: MessagePort): void {
    if (this.#isStopped) port.close()
    else if (this.#port !== null) this.#port.connectStorage(port)
    else {
      this.#nextStorage?.close()
      this.#nextStorage = port
    }
  }

  #queueFor(
    { handOver, afterMs, handsOver }: ShardQueueLink,
    port: MessagePort,
    behind: readonly BehindEndpoint[],
  ): ShardQueue {
    return { handOver, afterMs, handsOver, port, behind }
  }

  #start(stopped: readonly EndpointNumber[], { parts, needed }: PartedDirectory, queue: ShardQueue | null): void {
    const { port1, port2 } = new MessageChannel()
    const task: ShardTask = {
      ...this.#memory,
      partsNeeded: needed,
      stopped,
      // Read at once, so that no marker is taken for one that no change belongs to.
      changes: this.#host.changes(),
      lastMarker: this.#host.lastMarker(),
      shard: this.#shard,
      restarts: this.#restarts,
      port: port2,
      queue,
    }
    const port = new ShardPort(port1, (notices) => this.#receive(notices))
    this.#state = 'starting'
    this.#watchdog.reset()
    this.#port = port
    this.control.attach(port.calls)
    this.#task = this.#pool.run(task, queue === null ? [port2] : [port2, queue.port])
    this.#task.ended.then(
      () => this.#ended(new Error('the shard ended by itself')),
      (error: unknown) => this.#ended(error instanceof Error ? error : new Error(String(error))),
    )
    this.#sendParts(port, parts)
  }

  /** Ends the shard, with whatever is left. A thread that does not answer within `graceMs` is left to the pool. */
  async stop(graceMs: number): Promise<void> {
    const { control } = this
    if (this.#state === 'stopped') return
    const hasThread = this.#task !== null
    this.#state = 'stopped'
    clearInterval(this.#watch)
    this.#wait?.clear()
    this.#settleReady(new ClosedError())
    if (hasThread) {
      const stopped = control.call((remote) => remote.stop(), graceMs)
      await within(Promise.allSettled([stopped, this.#task?.ended]), graceMs)
    }
    this.#disconnect()
    this.#nextStorage?.close()
    control.fail(new ClosedError())
  }

  /** The thread that runs the shard; null: none does yet, or no longer. */
  get thread(): Worker | null {
    return this.#worker
  }

  get #isStopped(): boolean {
    return this.#state === 'stopped'
  }

  #sendParts(port: ShardPort, parts: readonly DirectoryPart[]): void {
    const isOurs = (): boolean => port === this.#port
    function* send(): Generator<void, void, void> {
      for (const part of parts) {
        if (!isOurs()) return
        port.send(part)
        yield
      }
    }
    void inTurns(send())
  }

  #receive(notices: readonly Notice[]): void {
    for (const notice of notices) {
      if (notice.kind === 'thread') this.#worker = this.#threadOf(notice.threadId)
      else if (notice.kind === 'started') this.#started(notice.recovery)
    }
    this.#host.notices(notices)
  }

  #threadOf(threadId: number): Worker | null {
    return this.#pool.threads.find((thread) => thread.threadId === threadId) ?? null
  }

  #started(recovery: Recovery): void {
    if (this.#task === null) return
    const nowMs = performance.now()
    if (this.#state === 'starting') this.#state = 'running'
    this.#policy.started(nowMs)
    this.#settleReady(null)
    if (this.#death === null) {
      this.#pool.spareSoon()
      return
    }
    this.#pool.ensureSpare()
    const { cause, atMs } = this.#death
    this.#death = null
    this.#host.restarted({ shard: this.#shard, cause, recovery, tookMs: nowMs - atMs })
  }

  /** Ends a thread whose heartbeat stands still. What it has begun is taken over as after any death. */
  #look(): void {
    if (this.#state !== 'running' && this.#state !== 'starting') return
    const { lookEveryMs, looks, looksAtStart } = this.#hang
    const most = this.#state === 'running' ? looks : looksAtStart
    if (!this.#watchdog.isHung(Atomics.load(this.#heartbeats, Control.Heartbeat), most)) return
    this.#task?.abort(new Error(`the thread did not respond for ${(most * lookEveryMs) / 1000} s`))
  }

  async #ended(cause: Error): Promise<void> {
    if (this.#isStopped) return
    const atMs = performance.now()
    this.#death ??= { cause, atMs }
    this.#task = null
    await this.#untilThreadIsGone()
    // Only now: until its thread is gone it may still have sent something.
    this.#disconnect()
    if (this.#isStopped) return
    const { waitMs, isDown } = this.#policy.died(atMs)
    this.#state = isDown ? 'down' : 'waiting'
    if (isDown) {
      const down = new ShardDownError(this.#shard, waitMs, { cause })
      this.#settleReady(down)
      this.control.fail(down)
      this.#host.down(cause, waitMs)
    }
    if (waitMs === 0) await this.#startNext()
    else this.#wait = new Timer(waitMs, () => void this.#startNext())
  }

  async #startNext(): Promise<void> {
    const { arena, shape } = this.#memory
    let queue = await this.#nextQueue()
    const leftover = new Set(await inTurns(leftoverApps(arena, shape)))
    for (const { app } of queue?.behind ?? []) leftover.add(app)
    const directory = await inTurns(this.#host.directory())
    const parts = await inTurns(partDirectory(directory, leftover))
    if (queue !== null && this.#nextStorage !== null) {
      queue.port.close()
      queue = { ...queue, port: this.#nextStorage }
      this.#nextStorage = null
    }
    if (this.#isStopped) {
      queue?.port.close()
      return
    }
    this.#restarts += 1
    this.#start(directory.stopped, parts, queue)
  }

  /** The next thread's part of the durable queue. What the former one had taken is parked again before it is asked about. */
  async #nextQueue(): Promise<ShardQueue | null> {
    if (this.#queue === null) return null
    this.#nextStorage?.close()
    this.#nextStorage = null
    const port = this.#queue.connect()
    return this.#queueFor(this.#queue, port, await this.#queue.behind())
  }

  /**
   * Only one thread may write a ring and an arena: an uncaught error is reported before its thread has ended, and a start that
   * failed leaves one that could go on. A thread that is stuck in native code does not end, but executes no more JavaScript once
   * that returns: it is not waited for any longer.
   */
  async #untilThreadIsGone(): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    if (worker === null || worker.threadId === -1) return
    const exit = once(worker, 'exit')
    void worker.terminate()
    await within(exit, EXIT_GRACE_MS)
  }

  #disconnect(): void {
    this.#port?.close()
    this.#port = null
    this.control.detach()
  }
}
