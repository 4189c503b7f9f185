/**
 * Runs compiled test files, one or several, in a process of their own and writes what came of it, as JSON, to file descriptor 3:
 * what uvu's exit status does not tell (nothing was run, a hook threw, something is still open).
 */
import { writeSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const lingerMs = 3_000
const reportDescriptor = 3
const standardStreams = ['PipeWrap', 'TTYWrap']

const report = { passed: 0, failed: 0, problems: [] }
const suites = { added: 0, done: 0 }
let lingering

/** uvu takes an existing queue, so the suites that its `run()` adds can be watched; deferred, it runs nothing before `exec`. */
globalThis.UVU_QUEUE = watched([], (group) => watched(group, watchedSuite))
globalThis.UVU_DEFER = true

function watched(queue, wrap) {
  queue.push = (item) => Array.prototype.push.call(queue, wrap(item))
  return queue
}

function watchedSuite(runSuite) {
  suites.added += 1
  return async () => {
    clearTimeout(lingering)
    const result = await runSuite()
    count(result)
    suites.done += 1
    if (suites.done === suites.added) lingering = setTimeout(failOpenResources, lingerMs).unref()
    return result
  }
}

function count([errors, passed, skipped, total]) {
  report.passed += passed
  report.failed += total - passed
  if (total + skipped === 0) report.problems.push('a suite without a test')
  if (skipped > 0) report.problems.push(`${skipped} skipped (a test must pass or go)`)
  if (passed < total && errors === true)
    report.problems.push('a hook threw; uvu does not say what: call it from a test')
}

/** Runs only when something keeps the process alive: the timer itself does not. */
function failOpenResources() {
  const open = process.getActiveResourcesInfo().filter((kind) => !standardStreams.includes(kind))
  report.problems.push(`still open ${lingerMs / 1000} s after the last test: ${open.join(', ')}`)
  process.exit(1)
}

process.once('exit', () => {
  if (suites.done < suites.added)
    report.problems.push('ended before its tests had: something is never settled, or exits')
  writeSync(reportDescriptor, JSON.stringify(report))
})

const { exec } = await import('uvu')
for (const [index, path] of process.argv.slice(2).entries()) {
  globalThis.UVU_INDEX = index
  globalThis.UVU_QUEUE.push([null])
  const before = suites.added
  await import(pathToFileURL(path).href)
  if (suites.added === before) report.problems.push('no suite was run: it is empty, or `.run()` is missing')
}
await exec()
