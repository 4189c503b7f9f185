import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defaultShards, ownCores, type ProcessFacts, processCores } from '../../src/host/process-cores.js'

const test = suite('the cores of a process')

/** A machine of 16 cores. */
function machine({
  files = {},
  isClusterWorker = false,
}: {
  files?: Record<string, string>
  isClusterWorker?: boolean
}) {
  const facts: ProcessFacts = { parallelism: 16, isClusterWorker, parent: 7, read: (path) => files[path] ?? null }
  return processCores(facts)
}

const quota = (text: string) => ({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': text })

const cluster = {
  '/proc/7/task/7/children': '10 11 12 13 14 ',
  '/proc/10/environ': 'HOME=/\0NODE_UNIQUE_ID=1\0',
  '/proc/11/environ': 'NODE_UNIQUE_ID=2\0HOME=/\0',
  '/proc/12/environ': 'HOME=/\0NOT_NODE_UNIQUE_ID=2\0',
  '/proc/13/environ': 'NODE_UNIQUE_ID=3\0',
  '/proc/14/environ': 'NODE_UNIQUE_ID=4\0',
}

test('are those that it may run on', () => {
  assert.equal(machine({}), { cores: 16, workers: 1 })
})

test('are no more than its quota has, rounded down', () => {
  assert.is(machine({ files: quota('350000 100000') }).cores, 3)
})

test('are at least one', () => {
  assert.is(machine({ files: quota('20000 100000') }).cores, 1)
})

test('are shared by the workers of its cluster, and by no other child of the primary', () => {
  assert.equal(machine({ files: cluster, isClusterWorker: true }), { cores: 16, workers: 4 })
})

test('are shared by as many workers as there are cores, where the workers cannot be counted', () => {
  assert.equal(machine({ isClusterWorker: true }), { cores: 16, workers: 16 })
})

test('are its own where its primary is no primary', () => {
  assert.equal(machine({ files: cluster }), { cores: 16, workers: 1 })
})

for (const [cores, workers, own, shards] of [
  [16, 1, 16, 15],
  [16, 4, 4, 3],
  [16, 5, 3, 2],
  [16, 16, 1, 1],
  [2, 4, 1, 1],
  [1, 1, 1, 1],
] as const) {
  test(`${cores} cores and ${workers} workers: ${own} each, of which ${shards} for shards`, () => {
    assert.equal([ownCores({ cores, workers }), defaultShards({ cores, workers })], [own, shards])
  })
}

test.run()
