/**
 * Runs the compiled tests on other versions of Node, whose npm packages carry the real program.
 *
 *     npm run matrix [-- VERSION …]
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.mjs'
import { root, run } from './command.mjs'
import { runTests } from './run-tests.mjs'
import { setup } from './setup.mjs'

const supported = ['22', '24', '26']

async function installNode(version) {
  const folder = join(root, '.cache', `node-${version}`)
  const program = join(folder, 'node_modules', 'node', 'bin', 'node')
  if (existsSync(program)) return program
  const args = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `node@${version}`]
  if ((await run('npm', args)) !== 0) throw new Error(`npm could not install node@${version}: see its output above`)
  return program
}

async function runOn(version) {
  const node = await installNode(version)
  console.log(`\nNode ${version}`)
  const { passed, failed } = await runTests({ filters: [], node })
  return { version, passed, failed }
}

const problems = await setup({ services: true })
for (const problem of problems) console.error(`setup: ${problem}`)
if (!(await build())) process.exit(1)

const versions = process.argv.length > 2 ? process.argv.slice(2) : supported
const results = []
for (const version of versions) results.push(await runOn(version))

for (const { version, passed, failed } of results) console.log(`Node ${version}: ${passed} passed, ${failed} failed`)
process.exitCode = results.every(({ failed }) => failed === 0) ? 0 : 1
