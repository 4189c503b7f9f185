import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { Answer } from './measurement.js'
import type { Measured } from './scenario.js'

export interface MeasurementRequest {
  /** The folder with the build that is measured: that of `bench/` and `src/`. */
  readonly build: string
  readonly scenario: string
  readonly title: string
  readonly entrant: string
  readonly isQuick: boolean
  readonly nodeOptions: readonly string[]
  readonly timeoutMs: number
}

/** A measurement that gave no result; the message says why. */
export class MeasurementError extends Error {}

const running = new Set<ChildProcess>()

/** Measures in a process of its own. Rejects with `MeasurementError`. */
export async function measureInProcess(request: MeasurementRequest): Promise<Measured> {
  const { build, scenario, title, entrant, isQuick, nodeOptions, timeoutMs } = request
  const child = fork(
    join(build, 'bench', 'measurement.js'),
    [scenario, title, entrant, isQuick ? 'quick' : 'full'],
    // A group of its own, so that what it has started ends with it.
    { execArgv: [...nodeOptions], detached: true },
  )
  running.add(child)
  try {
    const answer = await answerOf(child, timeoutMs)
    if ('error' in answer) throw new MeasurementError(answer.error)
    return answer.measured
  } finally {
    endGroup(child)
    running.delete(child)
  }
}

/** Ends every measurement under way and whatever it has started. */
export function endMeasurements(): void {
  for (const child of running) endGroup(child)
}

function answerOf(child: ChildProcess, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const fail = (error: string) => resolve({ error })
    const timer = setTimeout(() => fail(`no result within ${timeoutMs / 1000} s`), timeoutMs)
    child.once('message', (answer) => resolve(answer as Answer))
    child.once('error', (error) => fail(String(error)))
    child.once('exit', (status, signal) => {
      clearTimeout(timer)
      fail(`the process ended with ${signal ?? `status ${status}`} before it had a result`)
    })
  })
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
