import { readFileSync } from 'node:fs'

/** The text of a file of the system's own; null: there is none, or it is not for us. */
export type ReadText = (path: string) => string | null

export const readText: ReadText = (path) => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return null
  }
}
