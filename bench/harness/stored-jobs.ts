import { randomBytes } from 'node:crypto'
import { openDiskStore } from '../../src/queue/disk.js'
import type { Job } from '../../src/queue/job.js'
import { unixMs } from '../../src/time/clocks.js'

export interface StoredJobs {
  /** The root of the disk queue. */
  readonly path: string
  readonly count: number
  /** Whom they are for, one after the other. */
  readonly targets: readonly { readonly app: string; readonly endpoint: string }[]
}

const JOBS_PER_GROUP = 1000
const GiB = 2 ** 30

/** A batch of one event, as Signpost makes it. */
export const BODY = Buffer.from(
  '{"time_ms":1700000000000,"events":[{"name":"member_added","channel":"presence-room-12","user_id":"user-1234","time_ms":1700000000000}]}',
)

/** Fills a disk queue with undelivered batches, as a process leaves them that was killed. */
export async function storeJobs({ path, count, targets }: StoredJobs): Promise<void> {
  const letters = { maxBytes: GiB, maxAgeMs: Number.MAX_SAFE_INTEGER }
  const { store } = await openDiskStore({ path, maxBytes: 4 * GiB, maxJobs: 4_000_000, sync: 'process', letters })
  for (let stored = 0; stored < count; stored += JOBS_PER_GROUP) {
    const jobs = Array.from({ length: Math.min(JOBS_PER_GROUP, count - stored) }, (_, index) =>
      jobNumber(stored + index, targets[(stored + index) % targets.length] ?? { app: '', endpoint: '' }),
    )
    await store.jobs.commit({ jobs, changes: [] })
  }
  await store.jobs.close()
}

/** The job of this number, counted from 0. */
export function jobNumber(number: number, target: Job['head']['target']): Job {
  const sealedAt = unixMs(Date.now())
  return {
    head: {
      id: randomBytes(24),
      life: 0,
      seq: number + 1,
      target,
      events: 1,
      attempts: 0,
      status: 0,
      spentMs: 0,
      nextAt: 0,
      firstEventAt: sealedAt,
      sealedAt,
      bodyBytes: BODY.length,
    },
    body: BODY,
  }
}
