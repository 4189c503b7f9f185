/**
 * Writes the configuration tables into their page, between its markers, out of what was compiled. `--check`: only compares.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './command.mjs'

const { configJsonSchema } = await import(join(root, 'dist/src/config/json-schema.js'))
const { configTable } = await import(join(root, 'dist/src/config/config-table.js'))

const start = '<!-- configuration:start -->'
const end = '<!-- configuration:end -->'
const file = join(root, 'docs/reference/configuration.md')

const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
const from = text.indexOf(start)
const to = text.indexOf(end, from)

if (from !== -1 && to !== -1) {
  const table = `${start}\n\n${configTable(configJsonSchema())}\n\n`
  const wanted = text.slice(0, from) + table + text.slice(to)
  if (!process.argv.includes('--check')) {
    if (wanted !== text) writeFileSync(file, wanted)
  } else if (wanted !== text) {
    console.error('the configuration tables are out of date: node scripts/write-config-table.mjs')
    process.exitCode = 1
  }
}
