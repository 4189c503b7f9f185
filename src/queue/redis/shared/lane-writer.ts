import { StoreDownError } from '../../errors.js'
import type { Job } from '../../job.js'
import type { Death } from '../../job-store.js'
import { listOf, textOf } from '../answers.js'
import { partsOf } from '../append-plan.js'
import { encodeDeath, encodeHead } from '../codec.js'
import type { RedisArgument } from '../connection.js'
import { type LaneKeys, writerKey } from '../keys.js'
import type { RedisLink } from '../link.js'
import { keyOf } from '../stored-job.js'
import { ADVANCE, STORE, WRITER_KEPT_MS } from './scripts.js'

/** Numbers that are passed over: those of groups that are still on their way. */
const PASSED_OVER = 1000

interface Doubt {
  readonly number: number
  readonly ids: readonly string[]
}

/**
 * Adds to a lane, whoever has it. Each group has a number.
 *
 *     settled → doubtful  a group failed, and may have been stored all the same
 *     doubtful → settled  Redis has said which; if it was not stored then, it never will be
 */
export class LaneWriter {
  readonly #link: RedisLink
  readonly #keys: LaneKeys
  readonly #from: string
  /** Of the last group, or null before the first. */
  #number: number | null = null
  #doubt: Doubt | null = null
  /** Jobs that are stored, of calls that failed as a whole. */
  readonly #stored = new Set<string>()
  #last: Promise<unknown> = Promise.resolve()

  constructor(link: RedisLink, keys: LaneKeys, owner: string) {
    this.#link = link
    this.#keys = keys
    this.#from = writerKey(keys, owner)
  }

  /** Whether the last call left something in doubt. */
  get isInDoubt(): boolean {
    return this.#doubt !== null
  }

  /** Stores jobs that are not stored already, in their order. @throws StoreFullError, StoreDownError */
  store(jobs: readonly Job[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#settle()
      const fresh = jobs.filter(({ head }) => !this.#stored.has(keyOf(head.id)))
      for (const part of partsOf(fresh)) {
        const args = part.flatMap(({ head, body }) => ['j', encodeHead(head), Buffer.from(body)])
        await this.#write(part, args)
      }
    })
  }

  /** Stores a dead letter. @throws as `store` */
  bury(job: Job, death: Death): Promise<void> {
    return this.#inTurn(async () => {
      await this.#settle()
      if (this.#stored.has(keyOf(job.head.id))) return
      const head = { ...job.head, attempts: death.attempts, status: death.status }
      await this.#write([job], ['d', encodeHead(head), Buffer.from(job.body), encodeDeath(death)])
    })
  }

  /** Finds out whether jobs could be stored. @throws as `store` */
  probe(): Promise<void> {
    return this.#inTurn(() => this.#advance())
  }

  /** It is not used any more. What is in doubt stays until it is forgotten by itself. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#number !== null && this.#doubt === null) await this.#link.send(this.#from, ['DEL', this.#from])
    })
  }

  /** These jobs do not come again: the call that stored them has succeeded. */
  confirmed(jobs: readonly Job[]): void {
    for (const { head } of jobs) this.#stored.delete(keyOf(head.id))
  }

  async #write(jobs: readonly Job[], args: readonly RedisArgument[]): Promise<void> {
    const number = (this.#number ?? 0) + 1
    const ids = jobs.map(({ head }) => keyOf(head.id))
    this.#number = number
    try {
      const keys = [this.#keys.log, this.#keys.dead, this.#from] as const
      await this.#link.runOn(STORE, [...keys], [String(number), String(WRITER_KEPT_MS), ...args])
      await this.#link.replicated(this.#keys)
    } catch (error) {
      if (error instanceof StoreDownError) this.#doubt = { number, ids }
      throw error
    }
    for (const id of ids) this.#stored.add(id)
  }

  async #settle(): Promise<void> {
    if (this.#number === null || this.#doubt !== null) await this.#advance()
  }

  /** Says that what was sent before and is not there comes too late, and hears whether it is. */
  async #advance(): Promise<void> {
    const args = [String(PASSED_OVER), String(WRITER_KEPT_MS)]
    const [fence, stored] = listOf(await this.#link.runOn(ADVANCE, [this.#from], args)).map(textOf)
    await this.#link.replicated(this.#keys)
    this.#number = Math.max(this.#number ?? 0, Number(fence))
    if (this.#doubt?.number === Number(stored)) for (const id of this.#doubt.ids) this.#stored.add(id)
    this.#doubt = null
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => undefined)
    return result
  }
}
