import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** How many files there are in a folder and those below it, and how many bytes they have. */
export function filesIn(folder: string): { readonly files: number; readonly bytes: number } {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const bytes = found.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
  return { files: found.length, bytes }
}
