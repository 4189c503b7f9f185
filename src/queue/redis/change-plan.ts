import type { JobChange } from '../job-store.js'
import { encodeDeath, encodeHead, encodeState } from './codec.js'
import type { RedisArgument } from './connection.js'
import type { JobTable } from './job-table.js'
import type { Lane } from './lane.js'
import type { StoredJob } from './stored-job.js'

/** Changes that go to Redis in one script: it holds up everybody else for as long as it runs. */
const MOST_CHANGES = 1000

interface LaneChanges {
  readonly args: RedisArgument[]
  /** What the table is told when they are stored. Each takes as many ids as its change makes entries. */
  readonly applied: ((ids: Iterator<string>) => void)[]
}

/** Changes of a group, as the lanes are to be told of them. */
export class ChangePlan {
  readonly #table: JobTable
  readonly #lanes = new Map<Lane, LaneChanges>()
  /** Jobs that end with this plan: what else is said of them depends on its being carried out. */
  readonly #ending = new Set<StoredJob>()
  #changes = 0

  constructor(table: JobTable) {
    this.#table = table
  }

  /** Whether it has to be carried out before the change can be added. */
  mustRunBefore({ id }: JobChange): boolean {
    const job = this.#table.find(id)
    return this.#changes >= MOST_CHANGES || (job !== undefined && this.#ending.has(job))
  }

  add(change: JobChange): void {
    const job = this.#table.find(change.id)
    if (job === undefined) return
    if (change.kind === 'done') this.remove(job)
    else if (job.place === 'dead') return
    else if (change.kind === 'dead') this.#bury(job, change)
    else if (change.kind === 'state') this.#note(job, change)
    else this.#add(job, [], () => this.#table.park(job))
  }

  /** Takes a job or a letter out of its lane. */
  remove(job: StoredJob): void {
    this.#ending.add(job)
    this.#add(job, [job.place === 'dead' ? 'p' : 's', job.entry], () => this.#table.remove(job))
  }

  /** Carries it out. @throws StoreDownError, LaneGoneError */
  async run(): Promise<void> {
    for (const [lane, { args, applied }] of this.#lanes) {
      const apply = (ids: readonly string[]): void => {
        const next = ids[Symbol.iterator]()
        for (const each of applied) each(next)
      }
      if (args.length === 0) apply([])
      else await lane.change(args, apply)
    }
  }

  #bury(job: StoredJob, { death }: Extract<JobChange, { kind: 'dead' }>): void {
    if (death.life < job.head.life) return
    this.#ending.add(job)
    this.#add(job, ['b', job.entry, encodeHead(job.head), encodeDeath(death)], (ids) => {
      const entry = nextOf(ids)
      if (entry === null) this.#table.remove(job)
      else this.#table.bury(job, entry, death)
    })
  }

  #note(job: StoredJob, { state }: Extract<JobChange, { kind: 'state' }>): void {
    this.#add(job, ['n', job.entry, encodeState(state)], () => {
      job.head = { ...job.head, ...state }
    })
  }

  #add({ lane }: StoredJob, args: readonly RedisArgument[], applied: LaneChanges['applied'][number]): void {
    const changes = this.#lanes.get(lane) ?? { args: [], applied: [] }
    this.#lanes.set(lane, changes)
    changes.args.push(...args)
    changes.applied.push(applied)
    this.#changes += 1
  }
}

/** @returns the id of the entry that a change has made, or null when there was nothing to make it from */
export function nextOf(ids: Iterator<string>): string | null {
  const { value } = ids.next()
  return value === undefined || value === '-' ? null : value
}
