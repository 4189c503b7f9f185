import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WorkerFiles } from './own-worker-files.js'

/**
 * The one file with all that threads load, beside this file's bundle. Bundlers that copy files know the form
 * `new URL('./…', import.meta.url)`. A bundle in CommonJS has no such URL, but the name of its folder.
 */
export function ownWorkerFiles(): WorkerFiles {
  const path =
    import.meta.url === undefined ? join(__dirname, 'worker.js') : pathOf(new URL('./worker.js', import.meta.url))
  return { shard: path, storage: path }
}

/** A bundler that also builds for browsers may put the address on the site here, which names no file: it is reported as missing. */
function pathOf(url: URL): string {
  return url.protocol === 'file:' ? fileURLToPath(url) : url.href
}
