import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface TemporaryFolder {
  readonly path: string
  /** Writes a file, with the folders above it, and returns its path. */
  write(name: string, text: string): string
  remove(): void
}

/** @param parent where to make it: the system's folder for such things unless given */
export function temporaryFolder(parent = tmpdir()): TemporaryFolder {
  mkdirSync(parent, { recursive: true })
  const path = mkdtempSync(join(parent, 'signpost-'))
  return {
    path,
    write(name, text) {
      const file = join(path, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
      return file
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}
