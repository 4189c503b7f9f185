/** Compiles to dist/, bundles the package's files and writes the configuration's JSON Schema. What has not changed is not compiled again. */
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { bundle } from './bundle.mjs'
import { isMain, root, run, runPackage } from './command.mjs'
import { publishDeclarations } from './declarations.mjs'
import { setup } from './setup.mjs'

const dist = join(root, 'dist')
const buildInfo = join(dist, 'tsconfig.tsbuildinfo')
const compiledFolders = ['src', 'test', 'bench', 'scripts']
const outputOf = /\.(?:d\.(c?)ts|(c?)js(?:\.map)?)$/

/** @returns {Promise<boolean>} false: there are type errors, or the schema could not be written */
export async function build() {
  removeStaleOutputs()
  if (lacksOutputs()) rmSync(buildInfo, { force: true })
  const compiled = await runPackage('tsc', ['--project', root, '--incremental', '--tsBuildInfoFile', buildInfo])
  const isBundled = compiled === 0 && (await bundle())
  if (compiled === 0) publishDeclarations()
  return (await writeConfigSchema()) && isBundled
}

/** Else a test whose source is gone would be run for ever. */
function removeStaleOutputs() {
  for (const output of compiledFolders.flatMap((folder) => filesIn(join(dist, folder)))) {
    if (!outputOf.test(output)) continue
    const source = join(root, relative(dist, output)).replace(outputOf, '.$1$2ts')
    if (!existsSync(source)) rmSync(output)
  }
}

/** The compiler's own bookkeeping knows changed sources, but not removed outputs. */
function lacksOutputs() {
  return compiledFolders
    .flatMap((folder) => filesIn(join(root, folder)))
    .filter((file) => /\.c?ts$/.test(file) && !/\.d\.c?ts$/.test(file))
    .some((source) => !existsSync(join(dist, relative(root, source)).replace(/\.(c?)ts$/, '.$1js')))
}

async function writeConfigSchema() {
  const writer = join(root, 'scripts', 'write-config-schema.mjs')
  return !existsSync(writer) || (await run(process.execPath, [writer])) === 0
}

function filesIn(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

if (isMain(import.meta)) {
  const problems = await setup({ services: false })
  for (const problem of problems) console.error(`setup: ${problem}`)
  process.exitCode = problems.length === 0 && (await build()) ? 0 : 1
}
