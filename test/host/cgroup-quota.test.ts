import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { cgroupQuota } from '../../src/host/cgroup-quota.js'

const test = suite('the quota of control groups')

const quotaIn = (files: Readonly<Record<string, string>>) => cgroupQuota((path) => files[path] ?? null)

const quotas: readonly [string, number, Readonly<Record<string, string>>][] = [
  ['there is none without control groups', Number.POSITIVE_INFINITY, {}],
  [
    'of a container, which sees its own group as the root',
    1.5,
    { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '150000 100000\n' },
  ],
  [
    'of a systemd unit',
    2,
    {
      '/proc/self/cgroup': '0::/system.slice/signpost.service\n',
      '/sys/fs/cgroup/system.slice/signpost.service/cpu.max': '200000 100000\n',
    },
  ],
  [
    'the lowest of the groups around it counts',
    2,
    {
      '/proc/self/cgroup': '0::/kubepods/pod/container\n',
      '/sys/fs/cgroup/kubepods/cpu.max': '800000 100000\n',
      '/sys/fs/cgroup/kubepods/pod/cpu.max': '100000 50000\n',
      '/sys/fs/cgroup/kubepods/pod/container/cpu.max': 'max 100000\n',
    },
  ],
  [
    'max is none',
    Number.POSITIVE_INFINITY,
    { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' },
  ],
  [
    'of version 1',
    0.5,
    {
      '/proc/self/cgroup': '5:memory:/docker/1\n4:cpu,cpuacct:/docker/1\n',
      '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '50000\n',
      '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
    },
  ],
  [
    'of version 1 without a limit',
    Number.POSITIVE_INFINITY,
    {
      '/proc/self/cgroup': '1:cpu:/\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    },
  ],
]

for (const [what, cores, files] of quotas) {
  test(what, () => {
    assert.is(quotaIn(files), cores)
  })
}

test.run()
