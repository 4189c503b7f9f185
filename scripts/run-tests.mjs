/**
 * Runs the compiled tests, each file in a process of its own.
 *
 *     node scripts/run-tests.mjs [--dist DIR] [--node PROGRAM] [--long] [FILTER …]
 *
 * A file fails when a test fails, when it runs none, when it leaves something open or running, or when it exceeds its
 * time limit: 120 s, or what a line such as `// time limit: 300 s` in it says. A file with the line `// long` is left out unless `--long` or a
 * filter asks for it. With `--long` tests also search, repeat and load as much as they can (`test/support/effort.ts`).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { isMain, root } from './command.mjs'
import { forgottenRuns } from './forgotten-runs.mjs'
import { runTestFile } from './test-file.mjs'

const mostAtOnce = 2
const slowestShown = 5
const alone = /^test\/(?:integration|faults)\//

/** @returns {Promise<{ passed: number, failed: number }>} counted in tests; a fault of a file itself counts as one */
export async function runTests({ filters, isLong = false, dist = join(root, 'dist'), node = process.execPath }) {
  const scripts = scriptsIn(dist)
  const matching = scripts.filter((name) => name.endsWith('.test.js') && matches(name, filters))
  const files = isLong || filters.length > 0 ? matching : matching.filter((name) => !isMarkedLong(dist, name))
  if (files.length < matching.length) {
    console.log(`${matching.length - files.length} long test files are left out: npm test -- --long runs them too`)
  }
  const results = scripts.filter((name) => !name.endsWith('.test.js')).flatMap((name) => checkHelper(dist, name))
  if (files.length === 0) results.push(failed('tests', 'no test file matches'))

  const one = (name) => runOne({ dist, name, node, isLong })
  results.push(...(await runAll(files, Math.min(mostAtOnce, availableParallelism()), one)))

  showSlowest(results)
  return {
    passed: results.reduce((sum, result) => sum + result.passed, 0),
    failed: results.reduce((sum, result) => sum + result.failed + result.problems.length, 0),
  }
}

function scriptsIn(dist) {
  const folder = join(dist, 'test')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map((entry) => relative(dist, join(entry.parentPath, entry.name)))
    .sort()
}

function matches(name, filters) {
  return filters.length === 0 || filters.some((filter) => name.includes(filter.replace(/\.ts$/, '.js')))
}

/** Contract suites live in files that are no tests themselves. */
function checkHelper(dist, name) {
  return forgottenRuns(readFileSync(join(dist, name), 'utf8')).map((problem) => failed(name, problem))
}

function failed(name, problem) {
  console.log(`✗ ${name}\n  ${problem}`)
  return { name, passed: 0, failed: 0, problems: [problem], durationMs: 0, cpuMs: 0 }
}

async function runOne({ dist, name, node, isLong }) {
  const path = join(dist, name)
  const source = readFileSync(path, 'utf8')
  const result = await runTestFile({ path, node, isLong, timeLimitMs: timeLimitMs(dist, name) })
  const problems = [...forgottenRuns(source), ...result.problems]
  show({ ...result, name, problems })
  return { ...result, name, problems }
}

function isMarkedLong(dist, name) {
  return /^\/\/ long$/m.test(writtenAs(dist, name))
}

function timeLimitMs(dist, name) {
  const declared = /^\s*\/\/ time limit: (\d+) s$/m.exec(writtenAs(dist, name))
  return declared === null ? 120_000 : Number(declared[1]) * 1000
}

/** The source, because the compiler drops a comment that stands over an import of types; what was compiled where there is none. */
function writtenAs(dist, name) {
  const source = join(root, name.replace(/\.js$/, '.ts'))
  return readFileSync(existsSync(source) ? source : join(dist, name), 'utf8')
}

function show({ name, passed, failed, problems, output, durationMs, cpuMs }) {
  const good = failed + problems.length === 0
  console.log(
    `${good ? '✓' : '✗'} ${name} (${passed} of ${passed + failed}, ${seconds(durationMs)}, CPU ${seconds(cpuMs)})`,
  )
  if (good) return
  console.log(output.trimEnd())
  for (const problem of problems) console.log(`  ${name}: ${problem}`)
}

function showSlowest(results) {
  const cpuMs = results.reduce((sum, result) => sum + result.cpuMs, 0)
  console.log(`slowest: ${most(results, 'durationMs')}`)
  console.log(`CPU ${seconds(cpuMs)}, most of it: ${most(results, 'cpuMs')}`)
}

function most(results, time) {
  const first = results.toSorted((a, b) => b[time] - a[time]).slice(0, slowestShown)
  return first.map((result) => `${result.name} ${seconds(result[time])}`).join(', ')
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`
}

/**
 * Runs as many files at once as `bound` says. Beside one with servers and deaths runs one that only computes, for as long as there are any.
 */
async function runAll(files, bound, one) {
  const results = []
  const serial = files.filter((name) => alone.test(name))
  const others = files.filter((name) => !alone.test(name))
  const work = async (...queues) => {
    for (const queue of queues) {
      for (let name = queue.shift(); name !== undefined; name = queue.shift()) results.push(await one(name))
    }
  }
  await Promise.all([work(serial, others), ...Array.from({ length: bound - 1 }, () => work(others, serial))])
  return results
}

if (isMain(import.meta)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { dist: { type: 'string' }, node: { type: 'string' }, long: { type: 'boolean' } },
  })
  const { long: isLong, ...others } = values
  const { passed, failed } = await runTests({ filters: positionals, isLong, ...others })
  process.exitCode = failed === 0 ? 0 : 1
  console.log(`${passed} passed, ${failed} failed`)
}
