import { fileURLToPath } from 'node:url'
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
export function createPool(shards: number, { resourceLimits, execArgv = [] }: ThreadOptions): Piscina {
  const threads = shards + 1
  return new Piscina({
    filename: ENTRY,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    concurrentTasksPerWorker: 1,
    atomics: 'disabled',
    execArgv: [...execArgv, ONLY_IMPORT],
    ...(resourceLimits === undefined ? {} : { resourceLimits }),
  })
}
