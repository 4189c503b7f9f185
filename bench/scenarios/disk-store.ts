import { join } from 'node:path'
import { openDiskStore } from '../../src/queue/disk.js'
import type { JobStore } from '../../src/queue/job-store.js'
import { withFolder } from '../harness/folder.js'
import { jobNumber } from '../harness/stored-jobs.js'
import { quantile } from '../measure/statistics.js'
import { hasSqlite, openSqliteJobs } from '../peers/sqlite-jobs.js'
import type { Entrant, Measured, Scenario } from '../scenario.js'

const RATE = 'batches/s stored and settled'
const CPU = 'CPU, µs per batch'
const COMMIT_P99 = 'a commit, p99, ms'

const GiB = 2 ** 30
const JOBS_PER_GROUP = 100
/** Every group settles the jobs of the one so many before it. */
const SETTLED_AFTER_GROUPS = 10
const TARGETS = Array.from({ length: 100 }, (_, index) => ({ app: `app-${index}`, endpoint: 'hook' }))

async function measure(open: (path: string) => Promise<JobStore>, seconds: number): Promise<Measured> {
  return withFolder(async (path) => {
    const store = await open(path)
    const groups = Array.from({ length: SETTLED_AFTER_GROUPS }, (): readonly Uint8Array[] => [])
    let number = 0
    const commit = async (): Promise<void> => {
      const jobs = Array.from({ length: JOBS_PER_GROUP }, () =>
        jobNumber(number++, TARGETS[number % TARGETS.length] ?? { app: '', endpoint: '' }),
      )
      const settled = groups.shift() ?? []
      groups.push(jobs.map(({ head }) => head.id))
      await store.commit({ jobs, changes: settled.map((id) => ({ kind: 'done', id })) })
    }
    // A journal prepares its first segment.
    for (let warm = 0; warm < SETTLED_AFTER_GROUPS * 2; warm++) await commit()
    const times: number[] = []
    const first = number
    const cpu = process.cpuUsage()
    const startMs = performance.now()
    while (performance.now() - startMs < seconds * 1000) {
      const beganMs = performance.now()
      await commit()
      times.push(performance.now() - beganMs)
    }
    const tookSeconds = (performance.now() - startMs) / 1000
    const { user, system } = process.cpuUsage(cpu)
    await store.close()
    const batches = number - first
    return {
      figures: {
        [RATE]: batches / tookSeconds,
        [CPU]: (user + system) / batches,
        [COMMIT_P99]: quantile(times, 0.99),
      },
    }
  })
}

function contenders(sync: 'power' | 'process', seconds: number): Entrant[] {
  const journal = async (path: string): Promise<JobStore> => {
    const letters = { maxBytes: GiB, maxAgeMs: Number.MAX_SAFE_INTEGER }
    const { store } = await openDiskStore({ path, maxBytes: 4 * GiB, maxJobs: 4_000_000, sync, letters })
    return store.jobs
  }
  const sqlite = (path: string): Promise<JobStore> => openSqliteJobs(join(path, 'jobs.db'), sync === 'power')
  return [
    { name: 'Signpost’s journal', measure: () => measure(journal, seconds) },
    ...(hasSqlite ? [{ name: 'node:sqlite', measure: () => measure(sqlite, seconds) }] : []),
  ]
}

export const diskStore: Scenario = {
  title: 'The journal beside SQLite',
  method:
    `Through the port of a job store, on one thread that does nothing else: groups of ${JOBS_PER_GROUP} batches of one event, each group settling that of ` +
    `${SETTLED_AFTER_GROUPS} groups before. SQLite has a row per batch, WAL mode and a transaction per group; it takes part where Node has \`node:sqlite\`. Making the batches is in the CPU time.`,
  figures: [
    { name: RATE, better: 'more', isDrawn: true },
    { name: CPU, better: 'less' },
    { name: COMMIT_P99, better: 'less' },
  ],
  turns: { full: 3, quick: 1 },
  cases: (isQuick) => [
    { title: 'synced at every commit', entrants: contenders('power', isQuick ? 1 : 3) },
    { title: 'not synced', entrants: contenders('process', isQuick ? 1 : 3) },
  ],
}
