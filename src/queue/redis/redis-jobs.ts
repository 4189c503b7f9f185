import { StoreFullError } from '../errors.js'
import type { Job, JobHead, JobTarget } from '../job.js'
import type { Backlog, Group, JobChange, JobStore } from '../job-store.js'
import { hasRoomAgain } from '../room.js'
import { argumentsOf, partsOf } from './append-plan.js'
import { ChangePlan } from './change-plan.js'
import type { JobTable } from './job-table.js'
import { asStoreError, LaneGoneError } from './lane.js'
import type { LaneReader } from './lane-reader.js'
import type { Lanes } from './lanes.js'
import { keyOf, type StoredJob } from './stored-job.js'

export interface RedisJobsParts {
  readonly table: JobTable
  readonly lanes: Lanes
  readonly reader: LaneReader
  readonly maxBytes: number
  readonly leaseMs: number
  /** Unix ms. */
  readonly unixNow: () => number
  readonly close: () => Promise<void>
}

/** The jobs of this process's lanes. */
export class RedisJobs implements JobStore {
  readonly #parts: RedisJobsParts

  constructor(parts: RedisJobsParts) {
    this.#parts = parts
  }

  async commit(group: Group): Promise<void> {
    await this.#attempt(async () => {
      for (const lane of this.#parts.lanes.all) await lane.settleDoubt()
      await this.#append(group)
      await this.#change(group.changes, [])
    })
  }

  async probe(): Promise<void> {
    await this.#attempt(async () => {
      const own = await this.#parts.lanes.own()
      await own.probe()
    })
  }

  hasRoomAgain(): boolean {
    const { lanes, maxBytes } = this.#parts
    return hasRoomAgain(lanes.ownBytes, maxBytes)
  }

  claim(id: Uint8Array): boolean {
    const job = this.#parts.table.find(id)
    if (job === undefined || job.place === 'dead') return false
    this.#parts.table.hold(job)
    return true
  }

  backlogs(): Iterable<Backlog> {
    return this.#parts.table.backlogs()
  }

  async take(target: JobTarget, limit: number): Promise<readonly JobHead[]> {
    return this.#parts.table.take(target, limit).map(({ head }) => head)
  }

  async read(id: Uint8Array, into: Uint8Array): Promise<'read' | 'damaged' | 'gone'> {
    return this.#attempt(async () => {
      const { table, reader } = this.#parts
      const job = table.find(id)
      if (job === undefined || job.place === 'dead') return 'gone'
      const body = await reader.body(job.lane, job.entry)
      if (body === null) {
        // One entry is gone, or all of them are.
        await job.lane.renew(this.#parts.leaseMs)
        table.remove(job)
        return 'gone'
      }
      if (body.byteLength !== job.head.bodyBytes || body.byteLength > into.byteLength) {
        await this.#buryDamaged(job)
        return 'damaged'
      }
      into.set(body)
      return 'read'
    })
  }

  close(): Promise<void> {
    return this.#parts.close()
  }

  async #append({ jobs }: Group): Promise<void> {
    const { table, lanes, maxBytes } = this.#parts
    const before = this.#olderLives(jobs)
    if (before.length > 0) await this.#change([], before)
    const fresh = this.#fresh(jobs)
    if (fresh.length === 0) return
    const own = await lanes.own()
    const bytes = fresh.reduce((sum, { body }) => sum + body.byteLength, 0)
    if (own.bytes > 0 && own.bytes + bytes > maxBytes) {
      throw new StoreFullError(`the lane has ${own.bytes} bytes of at most ${maxBytes}`)
    }
    for (const part of partsOf(fresh)) {
      // The group's own memory is the caller's again when this has failed.
      const heads = part.map(({ head }) => ({ ...head, id: Uint8Array.from(head.id) }))
      await own.append(argumentsOf(part), (ids) => {
        for (const [index, head] of heads.entries()) table.add(own, { entry: ids[index] ?? '', head }, 'held')
      })
    }
  }

  /** Jobs that are not stored, each once. Those that are stored are held. */
  #fresh(jobs: readonly Job[]): readonly Job[] {
    const { table } = this.#parts
    const seen = new Set<string>()
    return jobs.filter(({ head }) => {
      const key = keyOf(head.id)
      if (seen.has(key)) return false
      seen.add(key)
      const known = table.find(head.id)
      if (known === undefined) return true
      if (known.place !== 'dead') table.hold(known)
      return false
    })
  }

  #olderLives(jobs: readonly Job[]): readonly StoredJob[] {
    return jobs.flatMap(({ head }) => {
      const known = this.#parts.table.find(head.id)
      return known !== undefined && known.head.life < head.life ? [known] : []
    })
  }

  async #change(changes: readonly JobChange[], removed: readonly StoredJob[]): Promise<void> {
    let plan = new ChangePlan(this.#parts.table)
    for (const job of removed) plan.remove(job)
    for (const change of changes) {
      if (plan.mustRunBefore(change)) {
        await plan.run()
        plan = new ChangePlan(this.#parts.table)
      }
      plan.add(change)
    }
    await plan.run()
  }

  async #buryDamaged({ head }: StoredJob): Promise<void> {
    const { id, life, attempts, status } = head
    const error = 'its body in the store is damaged'
    const death = { life, attempts, status, cause: 'damaged', error, diedAt: this.#parts.unixNow() }
    await this.#change([{ kind: 'dead', id, death }], [])
  }

  async #attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof LaneGoneError) this.#parts.lanes.forget(error)
      throw asStoreError(error)
    }
  }
}
