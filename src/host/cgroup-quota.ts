import { join } from 'node:path'
import type { ReadText } from './read-text.js'

/**
 * The processor time that the control groups of this process allow it, in cores; Infinity where they set no limit. A container's limit
 * (`docker run --cpus`, `resources.limits.cpu`, `CPUQuota=`) is such a quota, and `availableParallelism()` knows it from Node 22 on only.
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files
 */
export function cgroupQuota(read: ReadText): number {
  const groups = (read('/proc/self/cgroup') ?? '').trim().split('\n')
  return Math.min(Number.POSITIVE_INFINITY, ...groups.map((line) => quotaOf(line, read)))
}

/** @param line `0::/path` of version 2, or `4:cpu,cpuacct:/path` of version 1 */
function quotaOf(line: string, read: ReadText): number {
  const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
  if (path === undefined) return Number.POSITIVE_INFINITY
  if (controllers === '') return lowest(path, (folder) => version2(read(join('/sys/fs/cgroup', folder, 'cpu.max'))))
  if (controllers?.split(',').includes('cpu') !== true) return Number.POSITIVE_INFINITY
  return lowest(path, (folder) => {
    const file = (name: string) => read(join('/sys/fs/cgroup', controllers, folder, name))
    return share(Number(file('cpu.cfs_quota_us') ?? -1), Number(file('cpu.cfs_period_us')))
  })
}

/** Every group that this one is in may set a limit. In a container the path may be one that only the machine outside knows. */
function lowest(path: string, quotaAt: (folder: string) => number): number {
  let lowest = quotaAt('/')
  for (let folder = path; folder !== '/' && folder !== '.' && folder !== ''; folder = join(folder, '..')) {
    lowest = Math.min(lowest, quotaAt(folder))
  }
  return lowest
}

/** @param text `max 100000`, or a quota and a period in µs */
function version2(text: string | null): number {
  const [quota, period] = (text ?? 'max').trim().split(' ')
  return quota === 'max' ? Number.POSITIVE_INFINITY : share(Number(quota), Number(period))
}

function share(quota: number, period: number): number {
  return quota > 0 && period > 0 ? quota / period : Number.POSITIVE_INFINITY
}
