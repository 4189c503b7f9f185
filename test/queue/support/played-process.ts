import type { Job, JobHead, JobTarget } from '../../../src/queue/job.js'
import type { DropHow, HandedOver, JobChange, JobHolder, OpenStore, StoreLoss } from '../../../src/queue/job-store.js'
import { until } from '../../support/until.js'
import { idOf, jobOf } from '../job-store-contract.js'

const { target } = jobOf(1).head

/** A process whose arenas the test plays. */
export class PlayedProcess implements JobHolder {
  readonly store: OpenStore
  readonly dropped: DropHow[] = []
  readonly losses: StoreLoss[] = []
  mayAttemptUntilMs = 0
  /** Called before a drop is answered. */
  beforeDrop: () => Promise<void> = async () => undefined

  constructor(store: OpenStore) {
    this.store = store
    this.handedOver.serve(this)
  }

  get handedOver(): HandedOver {
    const { handedOver } = this.store
    if (handedOver === undefined) throw new Error('the store is not one that is handed over to')
    return handedOver
  }

  parked(): void {
    // The test asks.
  }

  async drop(isMeant: ((target: JobTarget) => boolean) | null, how: DropHow): Promise<void> {
    if (isMeant !== null) this.dropped.push(how)
    await this.beforeDrop()
  }

  lost(loss: StoreLoss): void {
    this.losses.push(loss)
  }

  mayAttemptUntil(ms: number): void {
    this.mayAttemptUntilMs = ms
  }

  async add(...jobs: readonly Job[]): Promise<void> {
    await this.store.jobs.commit({ jobs, changes: [] })
  }

  async done(...numbers: readonly number[]): Promise<void> {
    await this.change(...numbers.map((number): JobChange => ({ kind: 'done', id: idOf(number) })))
  }

  async change(...changes: readonly JobChange[]): Promise<void> {
    await this.store.jobs.commit({ jobs: [], changes })
  }

  waiting(): number {
    return [...this.store.jobs.backlogs()].reduce((sum, { jobs }) => sum + jobs, 0)
  }

  /** Waits until there are so many jobs, and takes them. */
  async take(count: number, from = target): Promise<readonly JobHead[]> {
    const taken: JobHead[] = []
    await until(async () => {
      taken.push(...(await this.store.jobs.take(from, count - taken.length)))
      return taken.length === count
    })
    return taken
  }
}

/** The numbers of jobs that `jobOf` has made. */
export const numbersOf = (heads: readonly JobHead[]): readonly number[] => {
  return heads.map(({ id }) => new DataView(id.buffer, id.byteOffset, id.byteLength).getUint32(4))
}
