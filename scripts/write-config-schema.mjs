/** Writes config.schema.json, the JSON Schema of the configuration, out of what was compiled. `--check`: only compares. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './command.mjs'

const { configJsonSchema } = await import(join(root, 'dist/scripts/config-json-schema.js'))

const file = join(root, 'config.schema.json')
const wanted = `${JSON.stringify(configJsonSchema(), null, 2)}\n`

if (!process.argv.includes('--check')) {
  if (readIfThere(file) !== wanted) writeFileSync(file, wanted)
} else if (readIfThere(file) !== wanted) {
  console.error('config.schema.json is out of date: node scripts/write-config-schema.mjs')
  process.exitCode = 1
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}
