import { StoreDownError, StoreFullError } from '../errors.js'
import { listOf, textOf } from './answers.js'
import { messageOf, type RedisArgument } from './connection.js'
import { type LaneKeys, laneKeys } from './keys.js'
import type { RedisLink } from './link.js'
import { APPEND, CHANGE, LEAVE, PROBE, RELEASE, RENEW, type Script, TAKE, TRY } from './scripts.js'

/** The lane is not as this process left it: Redis lost data (`lost`), or another process has taken it (`taken-over`). */
export class LaneGoneError extends Error {
  override readonly name = 'LaneGoneError'

  constructor(
    readonly lane: Lane,
    readonly reason: 'lost' | 'taken-over',
  ) {
    super(reason === 'lost' ? 'Redis has lost what was stored' : 'another process has taken over what was stored')
  }
}

/** What is done when a group is stored. @param ids the ids of the entries that it has made, '-' for each that it could not */
type Apply = (ids: readonly string[]) => void

/** How taking a lane ended. */
export interface TakenLane {
  readonly lane: Lane
  readonly jobs: number
  readonly letters: number
}

/**
 * One stream of jobs that belongs to this process, with its letters.
 *
 *     settled → doubtful  a group failed, and may have been stored all the same
 *     doubtful → settled  Redis has said which; if it was not stored then, it never will be
 */
export class Lane {
  readonly id: string
  readonly keys: LaneKeys
  /** Of jobs and letters of the lane in the table, kept up to date by it. */
  jobs = 0
  bytes = 0
  letters = 0
  readonly #link: RedisLink
  readonly #token: string
  /** The number of the last group that was stored. */
  #group: number
  #doubt: Apply | null = null
  /** Whether the replicas that are asked for have all that was stored. */
  #isReplicated = true
  #last: Promise<unknown> = Promise.resolve()

  private constructor(id: string, keys: LaneKeys, link: RedisLink, token: string, group: number) {
    this.id = id
    this.keys = keys
    this.#link = link
    this.#token = token
    this.#group = group
  }

  /** Takes a lane, or makes it. @returns null when another process has it. @throws StoreDownError */
  static async take(
    link: RedisLink,
    prefix: string,
    id: string,
    token: string,
    leaseMs: number,
  ): Promise<TakenLane | null> {
    const keys = laneKeys(prefix, id)
    const [outcome, group, jobs, letters] = textsOf(await link.run(TAKE, keys, [token, String(leaseMs)]))
    if (outcome !== 'taken') return null
    const lane = new Lane(id, keys, link, token, Number(group))
    return { lane, jobs: Number(jobs), letters: Number(letters) }
  }

  get isEmpty(): boolean {
    return this.jobs === 0 && this.letters === 0
  }

  /** Stores jobs: pairs of head and body. @throws StoreDownError, StoreFullError, LaneGoneError */
  append(args: readonly RedisArgument[], apply: Apply): Promise<void> {
    return this.#inTurn(() => this.#write(APPEND, args, apply))
  }

  /** Stores changes: see `CHANGE`. @throws StoreDownError, LaneGoneError */
  change(args: readonly RedisArgument[], apply: Apply): Promise<void> {
    return this.#inTurn(() => this.#write(CHANGE, args, apply))
  }

  /** Finds out what became of a group that failed, and waits for the replicas if it has to. @throws StoreDownError, LaneGoneError */
  settleDoubt(): Promise<void> {
    return this.#inTurn(() => this.#settle())
  }

  /** Finds out whether jobs could be stored. @throws StoreDownError, StoreFullError, LaneGoneError */
  async probe(): Promise<void> {
    const [outcome] = textsOf(await this.#link.run(TRY, this.keys, [this.#token]))
    this.#throwIfGone(outcome)
    await this.#link.replicated(this.keys)
  }

  /** @throws StoreDownError, LaneGoneError */
  async renew(leaseMs: number): Promise<void> {
    const [outcome] = textsOf(await this.#link.run(RENEW, this.keys, [this.#token, String(leaseMs)]))
    this.#throwIfGone(outcome)
  }

  /** Gives the lane up. @returns whether it was empty, and is gone */
  release(): Promise<boolean> {
    return this.#inTurn(async () => {
      const [outcome] = textsOf(await this.#link.run(RELEASE, this.keys, [this.#token]))
      return outcome === 'gone'
    })
  }

  /** Gives the lane up, which stays though it may be empty. */
  leave(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#link.run(LEAVE, this.keys, [this.#token])
    })
  }

  async #write(script: Script, args: readonly RedisArgument[], apply: Apply): Promise<void> {
    await this.#settle()
    const number = this.#group + 1
    try {
      const ids = await this.#run(script, number, args)
      this.#group = number
      this.#isReplicated = false
      apply(ids)
    } catch (error) {
      if (error instanceof StoreDownError) this.#doubt = apply
      throw error
    }
    await this.#replicate()
  }

  async #run(script: Script, number: number, args: readonly RedisArgument[]): Promise<readonly string[]> {
    const fence = [this.#token, String(this.#group), String(number)]
    const answer = await this.#link.run(script, this.keys, [...fence, ...args])
    const [outcome, ids] = textsOf(answer)
    this.#throwIfGone(outcome)
    if (outcome !== 'stored') throw new StoreDownError(`Redis: a group was refused as ${outcome}`)
    return idsOf(ids)
  }

  async #settle(): Promise<void> {
    const apply = this.#doubt
    if (apply !== null) {
      const doubtful = this.#group + 1
      const fence = [this.#token, String(this.#group), String(doubtful + 1)]
      const [outcome, last, replied, ids] = textsOf(await this.#link.run(PROBE, this.keys, fence))
      this.#throwIfGone(outcome)
      this.#group = Number(last)
      this.#isReplicated = false
      this.#doubt = null
      if (Number(replied) === doubtful) apply(idsOf(ids))
    }
    await this.#replicate()
  }

  async #replicate(): Promise<void> {
    if (this.#isReplicated) return
    await this.#link.replicated(this.keys)
    this.#isReplicated = true
  }

  #throwIfGone(outcome: string | undefined): void {
    if (outcome === 'lost') throw new LaneGoneError(this, 'lost')
    if (outcome === 'fenced') throw new LaneGoneError(this, 'taken-over')
  }

  /** One write at a time: their numbers rise. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => undefined)
    return result
  }
}

function textsOf(answer: unknown): readonly string[] {
  return listOf(answer).map(textOf)
}

function idsOf(text: string | undefined): readonly string[] {
  return text === undefined || text === '' ? [] : text.split(' ')
}

/** An error of a store as the storage thread knows it. */
export function asStoreError(error: unknown): Error {
  if (error instanceof StoreFullError || error instanceof StoreDownError) return error
  return new StoreDownError(messageOf(error), { cause: error })
}
