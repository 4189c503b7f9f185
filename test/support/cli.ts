import { join } from 'node:path'
import { projectRoot } from './project-root.js'

/** Path of the program `signpost` as users get it, which starts faster than its compiled modules. */
export const CLI = join(projectRoot, 'dist', 'cli.js')
