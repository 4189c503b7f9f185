import { readFileSync } from 'node:fs'

/**
 * CPU time of this process's main thread in ns, as the kernel's scheduler counts it (proc(5), `schedstat`). The kernel brings it up
 * to date when the thread sleeps or at its own tick, some ms apart: read it right after a sleep, and it is right to some µs.
 * @throws where there is no Linux /proc
 */
export function mainThreadNs(): number {
  const [ns = ''] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')
  return Number(ns)
}

/** CPU time of all threads of this process in ns. */
export function allThreadsNs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}
