import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface DocumentedExample {
  /** The file that the page says the code is, from the project's root; null: it names none. */
  readonly file: string | null
  readonly code: string
}

const codeBlock = /(?:<!-- example: (\S+) -->\n)?```ts\n(.*?)```/gs

/** The TypeScript of a page. A block is preceded by `<!-- example: FILE -->`; FILE is what the tests run. */
export function documentedExamples(page: string): DocumentedExample[] {
  const text = projectFile(page)
  return [...text.matchAll(codeBlock)].map(([, file = null, code = '']) => ({ file, code }))
}

/** The text of a file of the project; empty when there is none. */
export function projectFile(path: string): string {
  const file = join(projectRoot(), path)
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'tsconfig.json'))) folder = dirname(folder)
  return folder
}
