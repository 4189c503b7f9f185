import { mainThreadCpuNs } from '../../src/cli/load/thread-cpu.js'

/**
 * CPU time of this process's main thread in ns. The kernel brings it up to date when the thread sleeps or at its own tick, some ms
 * apart: read it right after a sleep, and it is right to some µs.
 * @throws where there is no Linux /proc
 */
export function mainThreadNs(): number {
  const ns = mainThreadCpuNs()
  if (ns === null) throw new Error('the CPU time of a thread is known on Linux only, from /proc')
  return ns
}
