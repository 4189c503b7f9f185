import type { JobHead, JobTarget } from './job.js'
import type { JobChange, JobStore, Letter, OpenStore } from './job-store.js'

/** The most bytes of bodies that are moved with one group. */
const GROUP_BYTES = 1024 * 1024
const GROUP_JOBS = 256

/** How much was moved, and whose parked jobs. */
export interface Moved {
  readonly targets: readonly JobTarget[]
  readonly jobs: number
  readonly letters: number
  /** Whether nothing is left. */
  readonly isAll: boolean
}

/**
 * Moves all jobs and dead letters of a store into another, where the jobs are parked. Ids, lives, attempts and the order of each endpoint
 * stay as they are. What is moved is stored in the other before it is removed here, so that an end at any moment loses nothing: the same
 * call does the rest, and what is there already is not stored twice.
 * @param from of which nothing is held
 * @param isEnding asked between groups: when it says so, the rest stays
 * @throws what the stores throw. What was moved before stays moved
 */
export async function moveStore(
  from: OpenStore,
  into: Pick<JobStore, 'commit'>,
  isEnding: () => boolean,
): Promise<Moved> {
  const targets: JobTarget[] = []
  let jobs = 0
  for (const { target } of [...from.jobs.backlogs()]) {
    targets.push(target)
    for (;;) {
      if (isEnding()) return { targets, jobs, letters: 0, isAll: false }
      const moved = await moveJobs(from.jobs, target, into)
      jobs += moved
      if (moved === 0) break
      await othersTurn()
    }
  }
  let letters = 0
  for (;;) {
    if (isEnding()) return { targets, jobs, letters, isAll: false }
    const moved = await moveLetters(from, into)
    letters += moved
    if (moved === 0) return { targets, jobs, letters, isAll: true }
    await othersTurn()
  }
}

async function moveJobs(from: JobStore, target: JobTarget, into: Pick<JobStore, 'commit'>): Promise<number> {
  const heads = await from.take(target, GROUP_JOBS)
  const jobs: { readonly head: JobHead; readonly body: Uint8Array }[] = []
  for (const head of heads) {
    const body = new Uint8Array(head.bodyBytes)
    // A damaged one is a dead letter now, and is moved as such.
    if ((await from.read(head.id, body)) === 'read') jobs.push({ head, body })
    if (bytesOf(jobs) >= GROUP_BYTES) await moveGroup(from, jobs.splice(0), into)
  }
  await moveGroup(from, jobs, into)
  return heads.length
}

async function moveGroup(
  from: JobStore,
  jobs: readonly { readonly head: JobHead; readonly body: Uint8Array }[],
  into: Pick<JobStore, 'commit'>,
): Promise<void> {
  if (jobs.length === 0) return
  await into.commit({ jobs, changes: jobs.map(({ head: { id } }): JobChange => ({ kind: 'release', id })) })
  await from.commit({ jobs: [], changes: jobs.map(({ head: { id } }): JobChange => ({ kind: 'done', id })) })
}

async function moveLetters(from: OpenStore, into: Pick<JobStore, 'commit'>): Promise<number> {
  const letters = withinGroup(await from.letters.list({ limit: GROUP_JOBS, after: null }))
  if (letters.length === 0) return 0
  const changes = letters.map(({ head: { id }, death }): JobChange => ({ kind: 'dead', id, death }))
  await into.commit({ jobs: letters, changes })
  await from.letters.purge({ ids: letters.map(({ head }) => head.id) })
  return letters.length
}

function withinGroup(letters: readonly Letter[]): readonly Letter[] {
  let bytes = 0
  return letters.filter(({ head }, index) => {
    bytes += head.bodyBytes
    return index === 0 || bytes <= GROUP_BYTES
  })
}

function bytesOf(jobs: readonly { readonly head: JobHead }[]): number {
  return jobs.reduce((sum, { head }) => sum + head.bodyBytes, 0)
}

async function othersTurn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
