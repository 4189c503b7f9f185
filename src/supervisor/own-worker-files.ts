import { fileURLToPath } from 'node:url'

/** Paths of what the worker threads load. */
export interface WorkerFiles {
  readonly shard: string
  readonly storage: string
}

/**
 * Bundles in `dist/`: a thread starts in half the time that one with the compiled modules takes. With `SIGNPOST_THREADS=compiled`
 * those modules, whose coverage can be measured. The package's own bundle has `bundled-worker-file.ts` in the place of this file.
 */
export function ownWorkerFiles(): WorkerFiles {
  return process.env.SIGNPOST_THREADS === 'compiled'
    ? { shard: besideThis('../shard/worker.cjs'), storage: besideThis('../storage/entry.js') }
    : { shard: besideThis('../../shard-thread.cjs'), storage: besideThis('../../worker.js') }
}

function besideThis(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
