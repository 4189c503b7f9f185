/**
 * Runs the compiled tests on other versions of Node, whose npm packages carry the real program, and against the next major
 * version of undici.
 *
 *     npm run matrix [-- VERSION … | undici-8]
 */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from './build.mjs'
import { root, run } from './command.mjs'
import { runTests } from './run-tests.mjs'
import { setup } from './setup.mjs'

const versions = ['22', '24', '26']
/** Further entries: a package by another major version than the lockfile has, on a Node that it supports. */
const overridden = { 'undici-8': { package: 'undici', range: '^8', node: '22' } }
const notCopied = new Set(['node_modules', 'dist', '.cache', '.git', 'coverage'])

async function installNode(version) {
  const folder = join(root, '.cache', `node-${version}`)
  const program = join(folder, 'node_modules', 'node', 'bin', 'node')
  if (existsSync(program)) return program
  const args = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `node@${version}`]
  if ((await run('npm', args)) !== 0) throw new Error(`npm could not install node@${version}: see its output above`)
  return program
}

/** A copy of the project in which npm has been told to install another version of a package. Kept: installing takes long. */
async function copyProject(name, { package: dependency, range }) {
  const folder = join(root, '.cache', name)
  for (const part of readdirSync(root).filter((part) => !notCopied.has(part))) {
    rmSync(join(folder, part), { recursive: true, force: true })
    cpSync(join(root, part), join(folder, part), { recursive: true })
  }
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  manifest.devDependencies[dependency] = range
  manifest.overrides = { [dependency]: `$${dependency}` }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  const install = await run('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder })
  if (install !== 0) throw new Error(`npm could not install ${dependency}@${range}: see its output above`)
  if ((await run(process.execPath, ['scripts/build.mjs'], { cwd: folder })) !== 0) {
    throw new Error(`the project does not compile with ${dependency}@${range}: see the errors above`)
  }
  return folder
}

async function runOn(entry) {
  const other = overridden[entry]
  if (other === undefined) {
    const node = await installNode(entry)
    console.log(`\nNode ${entry}`)
    return { name: `Node ${entry}`, ...(await runTests({ filters: [], node })) }
  }
  const name = `${other.package} ${other.range} on Node ${other.node}`
  const node = await installNode(other.node)
  const folder = await copyProject(entry, other)
  console.log(`\n${name}`)
  const copied = await import(pathToFileURL(join(folder, 'scripts', 'run-tests.mjs')).href)
  return { name, ...(await copied.runTests({ filters: [], node })) }
}

const problems = await setup({ services: true })
for (const problem of problems) console.error(`setup: ${problem}`)
if (!(await build())) process.exit(1)

const entries = process.argv.length > 2 ? process.argv.slice(2) : [...versions, ...Object.keys(overridden)]
const results = []
for (const entry of entries) results.push(await runOn(entry))

for (const { name, passed, failed } of results) console.log(`${name}: ${passed} passed, ${failed} failed`)
process.exitCode = results.every(({ failed }) => failed === 0) ? 0 : 1
