import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { WorkerMissingError } from '../errors.js'
import { ownWorkerFiles, type WorkerFiles } from './own-worker-files.js'

/**
 * The files that the threads load.
 * @param workerUrl path or `file:` URL of a copy of `dist/worker.js`; by default Signpost's own
 * @throws WorkerMissingError when they are not there
 */
export function findWorkerFiles(workerUrl: string | URL | undefined): WorkerFiles {
  const files = workerUrl === undefined ? ownWorkerFiles() : oneFile(workerUrl)
  for (const path of new Set([files.shard, files.storage])) {
    if (!existsSync(path)) throw new WorkerMissingError(path)
  }
  return files
}

function oneFile(workerUrl: string | URL): WorkerFiles {
  const path = pathOf(workerUrl)
  return { shard: path, storage: path }
}

function pathOf(workerUrl: string | URL): string {
  const text = String(workerUrl)
  // A drive letter looks like a scheme of one letter.
  if (!/^[a-z][a-z\d+.-]+:/i.test(text)) return text
  if (!text.startsWith('file:')) throw new WorkerMissingError(text)
  return fileURLToPath(text)
}
