/** Writes the tables of metrics into their page, between its markers, out of what was compiled. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './command.mjs'

const { metricsTables } = await import(join(root, 'dist/src/stats/metrics-tables.js'))

const start = '<!-- metrics:start -->'
const end = '<!-- metrics:end -->'
const file = join(root, 'docs/reference/metrics.md')

const text = readFileSync(file, 'utf8')
const before = text.slice(0, text.indexOf(start) + start.length)
const wanted = `${before}\n\n${metricsTables()}\n\n${text.slice(text.indexOf(end))}`
if (wanted !== text) writeFileSync(file, wanted)
