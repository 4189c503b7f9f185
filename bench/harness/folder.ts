import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs with a folder for a queue, which is gone afterwards. */
export async function withFolder<T>(run: (path: string) => Promise<T>): Promise<T> {
  const path = mkdtempSync(join(tmpdir(), 'signpost-bench-'))
  try {
    return await run(path)
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
}
