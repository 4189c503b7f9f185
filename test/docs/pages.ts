import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../support/project-root.js'

/** Made by typedoc out of the sources; its links are typedoc's own. */
export const GENERATED_API = 'docs/reference/api/'

const TOP_LEVEL = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'bench/NOTES.md']

/** Every page that somebody has written, as a path from the project's root. */
export const PAGES: readonly string[] = [...TOP_LEVEL, ...pagesIn('docs'), ...pagesIn('examples')]

function pagesIn(folder: string): string[] {
  const names = readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
  return names
    .map((name) => `${folder}/${name}`)
    .filter((path) => path.endsWith('.md') && !path.startsWith(GENERATED_API))
    .sort()
}
