/** Makes a bare machine with Node and npm ready. `--services` also installs the programs that the tests start. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMain, root, run } from './command.mjs'
import { installServices } from './services.mjs'

const oldestNode = [20, 18, 1]

/** @returns {Promise<string[]>} what is missing and could not be had; empty when all is ready */
export async function setup({ services }) {
  const problem = nodeProblem(process.versions.node) ?? (await installPackages())
  if (problem !== null) return [problem]
  return services ? installServices() : []
}

function nodeProblem(version) {
  const parts = version.split('.').map(Number)
  const different = oldestNode.findIndex((part, index) => part !== parts[index])
  if (different === -1 || parts[different] > oldestNode[different]) return null
  return `Node ${oldestNode.join('.')} or newer is needed, this is ${version}: install a newer one and try again`
}

async function installPackages() {
  if (packagesMatchLock()) return null
  const status = await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'])
  return status === 0 ? null : `npm ci ended with status ${status}: see its output above`
}

/** npm leaves in node_modules a lock of what it really installed, which tells more than any time stamp. */
function packagesMatchLock() {
  const wanted = packagesOf(join(root, 'package-lock.json'))
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'))
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional === true || installed[path]?.version === entry.version,
  )
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages
  } catch (error) {
    if (error.code === 'ENOENT') return {}
    throw error
  }
}

if (isMain(import.meta)) {
  const problems = await setup({ services: process.argv.includes('--services') })
  for (const problem of problems) console.error(`setup: ${problem}`)
  process.exitCode = problems.length === 0 ? 0 : 1
}
