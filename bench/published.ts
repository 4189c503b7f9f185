import { existsSync } from 'node:fs'
import type * as Signpost from '../src/index.js'

const BUNDLE = new URL('../index.js', import.meta.url)
const COMPILED = new URL('../src/index.js', import.meta.url)

/** What users install: the bundle, of which threads load one file. A revision from before there was one is measured as it was compiled. */
const entry: typeof Signpost = await import((existsSync(BUNDLE) ? BUNDLE : COMPILED).href)

export const { createDispatcher } = entry
export type { Dispatcher } from '../src/index.js'
