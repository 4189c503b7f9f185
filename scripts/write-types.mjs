/**
 * Writes the types that state what tables and schemas say already, out of what was compiled. `--check`: only compares.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './command.mjs'

const compiled = (path) => import(join(root, 'dist', path))
const { configJsonSchema } = await compiled('scripts/config-json-schema.js')
const { configTypes, DATE } = await compiled('scripts/config-types.js')
const { figureTypes } = await compiled('scripts/figure-types.js')

const files = {
  'src/config/input.ts': () => configTypes(configJsonSchema(DATE)),
  'src/stats/figures.ts': figureTypes,
}

for (const [name, text] of Object.entries(files)) {
  const file = join(root, name)
  const wanted = formatted(file, text())
  const current = existsSync(file) ? readFileSync(file, 'utf8') : ''
  if (current === wanted) continue
  if (process.argv.includes('--check')) {
    console.error(`${name} is out of date: node scripts/write-types.mjs`)
    process.exitCode = 1
  } else {
    writeFileSync(file, wanted)
  }
}

function formatted(file, text) {
  const biome = join(root, 'node_modules', '.bin', 'biome')
  const { status, stdout, stderr } = spawnSync(biome, ['format', `--stdin-file-path=${file}`], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return stdout
}
