import type { ReadText } from './read-text.js'

/**
 * How many workers a worker of `node:cluster` shares its machine with, itself included. A worker is not told, so on Linux it counts the
 * children of the primary that were started as workers. The primary forks in one go, as a rule, and a worker runs only after that.
 * @param primary the primary's process id
 * @returns null: it cannot be counted here
 */
export function countClusterWorkers(primary: number, read: ReadText): number | null {
  const children = read(`/proc/${primary}/task/${primary}/children`)
  if (children === null) return null
  const workers = children
    .trim()
    .split(' ')
    .filter((pid) => isWorker(read(`/proc/${pid}/environ`)))
  return workers.length === 0 ? null : workers.length
}

/** The environment that a process was started with has what Node tells a worker, though Node hides it from the worker's program. */
function isWorker(environment: string | null): boolean {
  return environment?.split('\0').some((variable) => variable.startsWith('NODE_UNIQUE_ID=')) === true
}
