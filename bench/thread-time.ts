import { readFileSync } from 'node:fs'

/**
 * CPU time of the calling process's main thread in ns, as the kernel's scheduler counts it (proc(5), `schedstat`).
 * @throws where there is no Linux /proc
 */
export function mainThreadNs(): number {
  const [ns = ''] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')
  return Number(ns)
}
