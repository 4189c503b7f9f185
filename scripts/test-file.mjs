/** Compiled test files, one or several, in a process group of its own, so that what it leaves running is seen and ended. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cpuOfEndedChildren } from './cpu-time.mjs'
import { withSourcePositions } from './source-positions.mjs'

const harness = join(import.meta.dirname, 'test-process.mjs')
const endingMs = 2000
const lookEveryMs = 20
const running = new Set()
let cpuSeenMs = 0

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const group of running) killGroup(group)
    process.kill(process.pid, signal)
  })
}

/**
 * @returns {Promise<{ passed: number, failed: number, problems: string[], output: string, durationMs: number, cpuMs: number }>}
 *   `problems`: faults of the files beyond their failed tests. `cpuMs`: CPU time of the process and of those that it has waited for
 */
export async function runTestFiles({ paths, node, timeLimitMs, isLong = false }) {
  const startedAt = performance.now()
  // What others of this process's children took before, such as a build, is nobody's here.
  if (running.size === 0) cpuSeenMs = cpuOfEndedChildren()
  const child = spawn(node, [harness, ...paths], {
    detached: true,
    env: { ...process.env, SIGNPOST_CHECKS: '1', ...(isLong ? { SIGNPOST_LONG_TESTS: '1' } : {}) },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  running.add(child.pid)
  const output = collect(child.stdout, child.stderr)
  const report = collect(child.stdio[3])
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    killGroup(child.pid)
  }, timeLimitMs)

  const closed = new Promise((resolve) => child.once('close', resolve))
  const ending = await new Promise((resolve) => {
    child.once('exit', (status, signal) => resolve({ status, signal, cpuMs: cpuSinceLastEnd() }))
  })
  clearTimeout(timer)
  const left = await thoseThatStay(child.pid)
  killGroup(child.pid)
  await closed
  running.delete(child.pid)

  const timeLimit = timedOut ? [`killed at its time limit of ${timeLimitMs / 1000} s`] : []
  const leftovers = left.length > 0 && !timedOut ? [`left running: ${left.join(', ')}`] : []
  const { passed, failed, problems } = parseReport(report(), ending, timedOut)
  return {
    passed,
    failed,
    problems: [...problems, ...timeLimit, ...leftovers],
    output: withSourcePositions(output()),
    durationMs: performance.now() - startedAt,
    cpuMs: ending.cpuMs,
  }
}

/** Called at each end of a child, so the difference is what this child used. */
function cpuSinceLastEnd() {
  const before = cpuSeenMs
  cpuSeenMs = cpuOfEndedChildren()
  return cpuSeenMs - before
}

function parseReport(text, { status, signal }, timedOut) {
  if (text === '') {
    return {
      passed: 0,
      failed: 0,
      problems: timedOut ? [] : [`ended by ${signal ?? `status ${status}`} without a report`],
    }
  }
  const report = JSON.parse(text)
  if (status !== 0 && report.failed + report.problems.length === 0) {
    report.problems.push(`ended with ${signal ?? `status ${status}`}, though its tests passed`)
  }
  return report
}

function collect(...streams) {
  const chunks = []
  for (const stream of streams) stream.on('data', (chunk) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString()
}

function killGroup(group) {
  try {
    process.kill(-group, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

/** What goes on running: a helper that ends because its parent has gets a moment for that. */
async function thoseThatStay(group) {
  const until = performance.now() + endingMs
  let left = membersOf(group)
  while (left.length > 0 && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
    left = membersOf(group)
  }
  return left
}

/** The living processes of a group, by name; zombies that nobody has reaped are not among them. */
function membersOf(group) {
  if (!existsSync('/proc/self/stat')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid, ...statusOf(pid) }))
    .filter((member) => member.group === group && member.state !== 'Z')
    .map((member) => `${member.name} (${member.pid})`)
}

/** proc(5): pid (name) state parent group …; the name may hold spaces and brackets. */
function statusOf(pid) {
  let line
  try {
    line = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return {} // ended in the meantime
  }
  const [, name, state, group] = /^\d+ \((.*)\) (\S) \d+ (\d+)/s.exec(line)
  return { name, state, group: Number(group) }
}
