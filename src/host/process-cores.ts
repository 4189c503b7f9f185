import cluster from 'node:cluster'
import { availableParallelism } from 'node:os'
import { cgroupQuota } from './cgroup-quota.js'
import { countClusterWorkers } from './cluster-workers.js'
import { type ReadText, readText } from './read-text.js'

/** What of the machine there is for this process. */
export interface ProcessCores {
  /** Cores that the process may use: those of its affinity, within the quota of its control groups. */
  readonly cores: number
  /** How many workers of `node:cluster` share them, this one included; 1 outside of a cluster. */
  readonly workers: number
}

/** What a process knows of itself. */
export interface ProcessFacts {
  readonly parallelism: number
  readonly isClusterWorker: boolean
  readonly parent: number
  readonly read: ReadText
}

const facts = (): ProcessFacts => ({
  parallelism: availableParallelism(),
  isClusterWorker: cluster.isWorker,
  parent: process.ppid,
  read: readText,
})

export function processCores({ parallelism, isClusterWorker, parent, read }: ProcessFacts = facts()): ProcessCores {
  const cores = Math.max(1, Math.min(parallelism, Math.floor(cgroupQuota(read))))
  if (!isClusterWorker) return { cores, workers: 1 }
  // Where they cannot be counted, there is one for each core, as is usual.
  return { cores, workers: countClusterWorkers(parent, read) ?? cores }
}

/** The cores of one worker. */
export function ownCores({ cores, workers }: ProcessCores): number {
  return Math.max(1, Math.floor(cores / workers))
}

/** One core is for the host's main thread. */
export function defaultShards(available: ProcessCores): number {
  return Math.max(1, ownCores(available) - 1)
}
