/**
 * Writes src/config/input.ts, the interfaces of the configuration as it is written, out of the schema that was compiled.
 * `--check`: only compares.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './command.mjs'

const { configJsonSchema } = await import(join(root, 'dist/src/config/json-schema.js'))
const { configTypes, DATE } = await import(join(root, 'dist/scripts/config-types.js'))

const file = join(root, 'src/config/input.ts')
const wanted = formatted(configTypes(configJsonSchema(DATE)))
const current = existsSync(file) ? readFileSync(file, 'utf8') : ''

if (!process.argv.includes('--check')) {
  if (current !== wanted) writeFileSync(file, wanted)
} else if (current !== wanted) {
  console.error('src/config/input.ts is out of date: node scripts/write-config-types.mjs')
  process.exitCode = 1
}

function formatted(text) {
  const biome = join(root, 'node_modules', '.bin', 'biome')
  const { status, stdout, stderr } = spawnSync(biome, ['format', `--stdin-file-path=${file}`], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return stdout
}
