import type { MessagePort, Worker } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { threadFlags } from './thread-flags.js'

/** Limits and flags of the worker threads, as `node:worker_threads` takes them. The flags come after those of the process. */
export interface ThreadOptions {
  readonly resourceLimits?: { readonly maxOldGenerationSizeMb?: number; readonly maxYoungGenerationSizeMb?: number }
  readonly execArgv?: readonly string[]
}

/** A task that runs, or waits for a thread. */
export interface PoolTask {
  /** Resolves when the task has ended. @throws what ended the task or its thread, or that no thread could be started for it */
  readonly ended: Promise<void>
  /** Ends the task and its thread; `ended` is rejected with the reason at once, even if the thread is stuck in native code. */
  abort(reason: Error): void
}

/** How long the shards run before the first spare is loaded, in ms: it would slow their start, and what ends soon needs none. */
const FIRST_SPARE_AFTER_MS = 1000

/**
 * A thread for each shard and one more, which has loaded everything and waits: it takes over when one dies, while the pool
 * starts the next spare. Atomics are off, because piscina's waiting would freeze an idle worker's event loop.
 */
export class ThreadPool {
  readonly #piscina: Piscina
  readonly #size: number
  /** What ends each task that is not over, in the order in which piscina got them. */
  readonly #unsettled = new Set<AbortController>()
  #loadFailure: unknown = null
  #isLoadingSpare = false
  #firstSpare: NodeJS.Timeout | null = null

  /**
   * @param filename path of what each thread loads
   * @param onSpareFailed told of an error that no task is to blame for
   */
  constructor(
    shards: number,
    filename: string,
    { resourceLimits, execArgv }: ThreadOptions,
    onSpareFailed: (error: unknown) => void,
  ) {
    const threads = shards + 1
    const flags = threadFlags(process.execArgv, execArgv)
    this.#size = threads
    this.#piscina = new Piscina({
      filename,
      minThreads: shards,
      maxThreads: threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      concurrentTasksPerWorker: 1,
      atomics: 'disabled',
      ...(flags === undefined ? {} : { execArgv: flags }),
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    })
    this.#piscina.on('error', (error: unknown) => {
      this.#loadFailure = error
      onSpareFailed(error)
    })
    this.#piscina.on('workerDestroy', () => setImmediate(() => this.#endStuckTasks()))
  }

  get threads(): readonly Worker[] {
    return this.#piscina.threads
  }

  /** Runs a task on a thread of its own. */
  run(task: object, transferList: MessagePort[]): PoolTask {
    const controller = new AbortController()
    return {
      ended: this.#run(task, transferList, controller),
      abort: (reason) => controller.abort(reason),
    }
  }

  /** Loads a spare thread in a moment. */
  spareSoon(): void {
    this.#firstSpare ??= setTimeout(() => this.ensureSpare(), FIRST_SPARE_AFTER_MS).unref()
  }

  /** Loads a spare thread where there is none: piscina makes none by itself beyond one for each shard. */
  ensureSpare(): void {
    if (this.#isLoadingSpare || this.#piscina.threads.length >= this.#size) return
    this.#isLoadingSpare = true
    const loaded = (): void => {
      this.#isLoadingSpare = false
    }
    // A failure is reported as an 'error' of the pool's; the next restart tries again.
    this.#piscina.run(null).then(loaded, loaded)
  }

  async destroy(): Promise<void> {
    if (this.#firstSpare !== null) clearTimeout(this.#firstSpare)
    await this.#piscina.destroy()
  }

  async #run(task: object, transferList: MessagePort[], controller: AbortController): Promise<void> {
    this.#unsettled.add(controller)
    try {
      await this.#piscina.run(task, { transferList, signal: controller.signal })
    } catch (error) {
      throw controller.signal.aborted ? controller.signal.reason : error
    } finally {
      this.#unsettled.delete(controller)
    }
  }

  /**
   * Once a thread has died while it loaded, piscina replaces none by itself and a task that waits for one would wait for
   * ever. `queueSize` counts the tasks for which no thread is being loaded.
   */
  #endStuckTasks(): void {
    const { queueSize } = this.#piscina
    if (queueSize === 0) return
    const reason = new Error('no thread could be started', { cause: this.#loadFailure })
    for (const controller of [...this.#unsettled].slice(-queueSize)) controller.abort(reason)
  }
}
