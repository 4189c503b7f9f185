import { fileURLToPath } from 'node:url'
import type { MessagePort, Worker } from 'node:worker_threads'
import { Piscina } from 'piscina'

/** Limits and flags of the worker threads, as `node:worker_threads` takes them. */
export interface ThreadOptions {
  readonly resourceLimits?: { readonly maxOldGenerationSizeMb?: number; readonly maxYoungGenerationSizeMb?: number }
  readonly execArgv?: readonly string[]
}

const ENTRY = fileURLToPath(new URL('../shard/entry.js', import.meta.url))

/**
 * Piscina first tries `require`, and Node 20 aborts the whole process when a thread is terminated while it requires an ES
 * module ("v8::Module::IsGraphAsync must be used on an instantiated module"). Without it piscina goes on to `import`.
 */
const ONLY_IMPORT = '--no-experimental-require-module'

/**
 * A thread for each shard and one more, which has loaded everything and waits: it takes over when one dies, while the pool
 * starts the next spare. Atomics are off, because piscina's waiting would freeze an idle worker's event loop.
 */
export class ThreadPool {
  private readonly piscina: Piscina
  /** What ends each task that is not over, in the order in which piscina got them. */
  private readonly unsettled = new Set<AbortController>()
  private loadFailure: unknown = null

  /** @param onSpareFailed told of an error that no task is to blame for */
  constructor(
    shards: number,
    { resourceLimits, execArgv = [] }: ThreadOptions,
    onSpareFailed: (error: unknown) => void,
  ) {
    const threads = shards + 1
    this.piscina = new Piscina({
      filename: ENTRY,
      minThreads: threads,
      maxThreads: threads,
      idleTimeout: Number.POSITIVE_INFINITY,
      concurrentTasksPerWorker: 1,
      atomics: 'disabled',
      execArgv: [...execArgv, ONLY_IMPORT],
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    })
    this.piscina.on('error', (error: unknown) => {
      this.loadFailure = error
      onSpareFailed(error)
    })
    this.piscina.on('workerDestroy', () => setImmediate(() => this.endStuckTasks()))
  }

  get threads(): readonly Worker[] {
    return this.piscina.threads
  }

  /** Runs a task on a thread of its own. @throws what ended the task or its thread, or that no thread could be started for it */
  async run(task: object, transferList: MessagePort[]): Promise<unknown> {
    const controller = new AbortController()
    this.unsettled.add(controller)
    try {
      return await this.piscina.run(task, { transferList, signal: controller.signal })
    } catch (error) {
      throw controller.signal.aborted ? controller.signal.reason : error
    } finally {
      this.unsettled.delete(controller)
    }
  }

  async destroy(): Promise<void> {
    await this.piscina.destroy()
  }

  /**
   * Once a thread has died while it loaded, piscina replaces none by itself and a task that waits for one would wait for
   * ever. `queueSize` counts the tasks for which no thread is being loaded.
   */
  private endStuckTasks(): void {
    const { queueSize } = this.piscina
    if (queueSize === 0) return
    const reason = new Error('no thread could be started', { cause: this.loadFailure })
    for (const controller of [...this.unsettled].slice(-queueSize)) controller.abort(reason)
  }
}
