/**
 * Runs the compiled tests, each file in a process of its own. Those outside of integration/ and faults/ share one per folder, because
 * most of them compute less than a start of Node. When anything is wrong there, each runs again alone: that tells which one it is.
 *
 *     node scripts/run-tests.mjs [--dist DIR] [--node PROGRAM] [--long] [FILTER …]
 *
 * A file fails when a test fails, when it runs none, when it leaves something open or running, or when it exceeds its
 * time limit: 120 s, or what a line such as `// time limit: 300 s` in it says. A file with the line `// long` is left out unless `--long` or a
 * filter asks for it. With `--long` tests also search, repeat and load as much as they can (`test/support/effort.ts`).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { isMain, root } from './command.mjs'
import { forgottenRuns } from './forgotten-runs.mjs'
import { runTestFiles } from './test-file.mjs'

const mostAtOnce = 2
const slowestShown = 5
const defaultTimeLimitMs = 120_000
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

  const run = (names) => runTogether({ dist, names, node, isLong })
  results.push(...(await runAll(inGroups(dist, files), Math.min(mostAtOnce, availableParallelism()), run)))

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

/** @returns {string[][]} the files that run in one process */
function inGroups(dist, files) {
  const groups = new Map()
  for (const name of files) {
    const isOrdinary = !alone.test(name) && timeLimitMs(dist, name) === defaultTimeLimitMs
    const key = isOrdinary ? dirname(name) : name
    groups.set(key, [...(groups.get(key) ?? []), name])
  }
  return [...groups.values()]
}

async function runTogether({ names, ...given }) {
  if (names.length > 1) {
    const group = await runGroup({ names, ...given })
    if (group.failed + group.problems.length === 0) return [group]
  }
  const results = []
  for (const name of names) results.push(await runOne({ name, ...given }))
  return results
}

async function runGroup({ dist, names, node, isLong }) {
  const paths = names.map((name) => join(dist, name))
  const forgotten = paths.flatMap((path) => forgottenRuns(readFileSync(path, 'utf8')))
  const result = await runTestFiles({ paths, node, isLong, timeLimitMs: defaultTimeLimitMs * names.length })
  const name = `${names.length} files of ${dirname(names[0])}`
  const group = { ...result, name, problems: [...forgotten, ...result.problems] }
  if (group.failed + group.problems.length === 0) show(group)
  else console.log(`${name}: something is wrong, each runs alone now\n${describeFaults(group)}`)
  return group
}

async function runOne({ dist, name, node, isLong }) {
  const path = join(dist, name)
  const source = readFileSync(path, 'utf8')
  const result = await runTestFiles({ paths: [path], node, isLong, timeLimitMs: timeLimitMs(dist, name) })
  const problems = [...forgottenRuns(source), ...result.problems]
  show({ ...result, name, problems })
  return { ...result, name, problems }
}

function isMarkedLong(dist, name) {
  return /^\/\/ long$/m.test(writtenAs(dist, name))
}

function timeLimitMs(dist, name) {
  const declared = /^\s*\/\/ time limit: (\d+) s$/m.exec(writtenAs(dist, name))
  return declared === null ? defaultTimeLimitMs : Number(declared[1]) * 1000
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
  console.log(describeFaults({ name, output, problems }))
}

function describeFaults({ name, output, problems }) {
  return [output.trimEnd(), ...problems.map((problem) => `  ${name}: ${problem}`)].join('\n')
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
 * Runs as many groups at once as `bound` says. Beside one with servers and deaths runs one that only computes, for as long as there are any.
 */
async function runAll(groups, bound, run) {
  const results = []
  const serial = groups.filter(([name]) => alone.test(name))
  const others = groups.filter(([name]) => !alone.test(name))
  const work = async (...queues) => {
    for (const queue of queues) {
      for (let names = queue.shift(); names !== undefined; names = queue.shift()) results.push(...(await run(names)))
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
