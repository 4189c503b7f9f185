import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../support/project-root.js'

export interface DocumentedExample {
  /** The file that the page says the code is, from the project's root, or null where it names none. */
  readonly file: string | null
  /** The block's language, such as `ts`. */
  readonly language: string
  readonly code: string
}

const codeBlock = /(?:<!-- example: (\S+) -->\n)?^```(\w+)\n(.*?)^```$/gms

/** The code blocks of a page. `<!-- example: FILE -->` before a block names the file that it is a copy of. */
export function documentedExamples(page: string): DocumentedExample[] {
  const blocks = [...projectFile(page).matchAll(codeBlock)]
  return blocks.map(([, file = null, language = '', code = '']) => ({ file, language, code }))
}

/** The text of a file of the project, empty when there is none. */
export function projectFile(path: string): string {
  const file = join(projectRoot, path)
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
