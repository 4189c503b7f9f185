/** For threads in which a test changes a module of `src/`: the bundle has modules of its own, which nothing else can reach. */
import { fileURLToPath } from 'node:url'

/** An option of a dispatcher whose queue is in memory: only its shards have threads. */
export const compiledThreads = {
  workerUrl: fileURLToPath(new URL('../../src/shard/worker.cjs', import.meta.url)),
} as const
