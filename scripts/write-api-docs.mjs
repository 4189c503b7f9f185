/**
 * Writes docs/reference/api out of the entries' types and their comments. TypeDoc needs a TypeScript with a programming interface, which
 * the project's own has not: both are installed in a folder of their own.
 *
 *     npm run docs:api
 */
import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from './command.mjs'

const recipe = join(root, 'scripts', 'api-docs')
const work = join(root, '.cache', 'api-docs')
const written = join(work, 'out')
const output = join(root, 'docs', 'reference', 'api')
const entries = ['src/index.ts', 'src/receiver/index.ts', 'src/testing/index.ts'].map((path) => join(root, path))

mkdirSync(work, { recursive: true })
for (const name of ['package.json', 'package-lock.json', 'typedoc.json'])
  copyFileSync(join(recipe, name), join(work, name))
await succeed('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'])
rmSync(written, { recursive: true, force: true })
await succeed(process.execPath, [
  'node_modules/typedoc/bin/typedoc',
  ...['--options', join(work, 'typedoc.json'), '--tsconfig', join(root, 'tsconfig.json'), '--out', written],
  ...['--name', 'API', '--basePath', root],
  ...entries,
])

rmSync(output, { recursive: true, force: true })
cpSync(written, output, { recursive: true })

async function succeed(program, args) {
  const status = await run(program, args, { cwd: work })
  if (status !== 0) process.exit(status)
}
