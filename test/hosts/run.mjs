/**
 * Uses the packed package in the hosts that people build with. Each bundler bundles a program, which then runs in a folder that has no
 * package; frameworks, test runners and runtimes run a program of theirs.
 *
 *     npm run test:hosts [-- NAME …]
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from '../../scripts/build.mjs'
import { root, run } from '../../scripts/command.mjs'
import { setup } from '../../scripts/setup.mjs'

const here = import.meta.dirname
const work = join(root, '.cache', 'hosts')
const delivered = 'delivered channel_occupied\n'

const urlOfPackage = (folder) => (name) => {
  const { resolve } = createRequire(join(folder, 'package.json'))
  return pathToFileURL(resolve(name)).href
}

async function install() {
  mkdirSync(work, { recursive: true })
  for (const name of ['package.json', 'package-lock.json', 'program.js'])
    copyFileSync(join(here, name), join(work, name))
  for (const name of readdirSync(join(here, 'programs'))) {
    rmSync(join(work, name), { recursive: true, force: true })
    cpSync(join(here, 'programs', name), join(work, name), { recursive: true })
  }
  await succeed('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], work)
  for (const name of readdirSync(work)) if (name.endsWith('.tgz')) rmSync(join(work, name))
  await succeed('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', work], root)
  const tarball = readdirSync(work).find((name) => name.endsWith('.tgz'))
  await succeed('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', `./${tarball}`], work)
}

async function succeed(program, args, cwd) {
  const status = await run(program, args, { cwd })
  if (status !== 0) throw new Error(`${program} ${args[0]} ended with status ${status}: see its output above`)
}

/** @returns {Promise<string[]>} what went wrong */
async function problemsOf(recipe) {
  return recipe.bundle === undefined ? unlessEqual(await recipe.run(context), delivered) : problemsOfBundle(recipe)
}

const context = {
  work,
  host: urlOfPackage(work),
  outputOf: async (program, args, cwd) => (await runIn(cwd, program, args, {})).output,
  runNode: (args, cwd, variables = {}) => runIn(cwd, process.execPath, args, variables),
}

async function runIn(cwd, program, args, variables) {
  const env = { ...process.env, ...variables }
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, env, encoding: 'utf8', timeout: 600_000 })
  return { status, output: error === undefined ? stdout + stderr : error.message }
}

async function problemsOfBundle({ bundle, copiesWorker }) {
  const bundled = join(work, 'out')
  rmSync(bundled, { recursive: true, force: true })
  mkdirSync(bundled)
  const file = await bundle({
    host: urlOfPackage(work),
    project: urlOfPackage(root),
    entry: join(work, 'program.js'),
    output: bundled,
  })
  const moved = mkdtempSync(join(tmpdir(), 'signpost-host-'))
  try {
    cpSync(bundled, moved, { recursive: true })
    // webpack writes down where the code lay.
    rmSync(bundled, { recursive: true })
    const program = join(moved, file.slice(bundled.length))
    if (copiesWorker) return unlessEqual(outputOf(program), delivered)
    const refused = outputOf(program)
    copyFileSync(join(work, 'node_modules', 'signpost', 'dist', 'worker.js'), join(moved, 'worker.js'))
    const problems = unlessEqual(outputOf(program), delivered)
    return refused.startsWith('WORKER_MISSING: ') ? problems : [...problems, `without its worker file: ${refused}`]
  } finally {
    rmSync(moved, { recursive: true })
  }
}

function outputOf(program) {
  const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8', timeout: 120_000 })
  return stdout + stderr
}

function unlessEqual(output, expected) {
  return output === expected ? [] : [`expected ${JSON.stringify(expected)}, got: ${output}`]
}

const problems = await setup({ services: false })
for (const problem of problems) console.error(`setup: ${problem}`)
if (problems.length > 0 || !(await build())) process.exit(1)
await install()

const names = process.argv.slice(2)
const tally = { passed: 0, failed: 0 }
for (const file of readdirSync(join(here, 'recipes')).sort()) {
  const { recipes } = await import(pathToFileURL(join(here, 'recipes', file)).href)
  for (const recipe of recipes) {
    if (names.length > 0 && !names.some((name) => recipe.name.includes(name))) continue
    const found = await problemsOf(recipe).catch((error) => [error.message])
    console.log([`${found.length === 0 ? '✓' : '✗'} ${recipe.name}`, ...found].join('\n  '))
    if (found.length === 0) tally.passed += 1
    else tally.failed += 1
  }
}
process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1
console.log(`${tally.passed} passed, ${tally.failed} failed`)
