import { fileURLToPath } from 'node:url'

/** Paths of what the worker threads load. */
export interface WorkerFiles {
  readonly shard: string
  readonly storage: string
}

/** The compiled sources. The bundle of the package has `bundled-worker-file.ts` in the place of this file. */
export function ownWorkerFiles(): WorkerFiles {
  return {
    shard: fileURLToPath(new URL('../shard/worker.cjs', import.meta.url)),
    storage: fileURLToPath(new URL('../storage/entry.js', import.meta.url)),
  }
}
