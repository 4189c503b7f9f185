import { readFileSync } from 'node:fs'

/** CPU time of this process's main thread in ns, as Linux counts it (proc(5), `schedstat`); null on other systems. */
export function mainThreadCpuNs(): number | null {
  if (process.platform !== 'linux') return null
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0])
  } catch {
    return null
  }
}

/** CPU time of all threads of this process, in ns. */
export function allThreadsCpuNs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}
