import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WorkerFiles } from './own-worker-files.js'

/**
 * The one file with all that threads load, beside this file's bundle. Bundlers that copy files know the form
 * `new URL('./…', import.meta.url)`. A bundle in CommonJS has no such URL, but the name of its folder.
 */
export function ownWorkerFiles(): WorkerFiles {
  const path =
    import.meta.url === undefined
      ? join(__dirname, 'worker.js')
      : fileURLToPath(new URL('./worker.js', import.meta.url))
  return { shard: path, storage: path }
}
