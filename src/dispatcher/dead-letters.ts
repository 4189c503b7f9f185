import { inspect } from 'node:util'
import { DeadLettersUnavailableError, ShardDownError, SignpostError } from '../errors.js'
import type { DeadLetter, DeadLetterHead, DeadLetterSelection } from '../shard/messages.js'
import { invalidSelection, noSelection, selectionOf } from './dead-letter-selection.js'
import type { ShardClient } from './shard-client.js'

/** A page of dead letters. */
export interface DeadLetterList {
  /** The dead letters, the oldest of each shard first. */
  readonly items: readonly DeadLetterHead[]
  /** Where the next page begins; null: this was the last. */
  readonly cursor: string | null
  /** Shards that are down and could not be asked; what they have is missing from this page. Usually empty. */
  readonly unavailable: readonly number[]
}

/** Without a selection all are listed. */
export type DeadLetterListOptions = (
  | DeadLetterSelection
  | { readonly [selector in keyof DeadLetterSelection]?: never }
) & {
  /** The most that are returned, 1 to 1000; 100 by default. */
  readonly limit?: number | undefined
  /** What the page before ended with. */
  readonly cursor?: string | null | undefined
}

/** Which dead letters `replay` delivers again, and how. */
export type ReplaySelection = DeadLetterSelection & {
  /** Sends the events of each batch one by one: of a batch that was rejected for one event the others arrive. */
  readonly split?: boolean | undefined
}

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000

/** Who has dead letters: a shard, or the durable queue. */
type Holder = Pick<
  ShardClient,
  'number' | 'listDeadLetters' | 'getDeadLetter' | 'replayDeadLetters' | 'purgeDeadLetters'
>

/** The durable queue: shards hand their letters over to it. */
interface StoringHolder extends Holder {
  /** Why its letters can be neither replayed nor purged from here; null: they can. */
  readonly refusal: SignpostError | null
}

/** The batches that were given up and kept: those of all shards and of the durable queue. */
export interface DeadLetterBox {
  /**
   * Lists dead letters without their bodies, the oldest of each shard first. A page goes on where the one before ended, whatever has been
   * added or removed since.
   * @throws SignpostError with the code `INVALID_SELECTION`, `INVALID_CURSOR` or `INVALID_LIMIT`
   */
  list(options?: DeadLetterListOptions): Promise<DeadLetterList>
  /**
   * Gets one dead letter with its body.
   * @param id its delivery id
   * @returns null when there is none
   * @throws SignpostError with the code `INVALID_SELECTION`
   * @throws ShardDownError when none of the others has it
   */
  get(id: string): Promise<DeadLetter | null>
  /**
   * Delivers the selected batches again, under the delivery ids that they had. With `split` the events of each are sent one by one, under
   * ids of their own (`<id>.0`, `<id>.1`, …). A batch that finds no room to be split stays a dead letter.
   * @returns how many batches are delivered again
   * @throws SignpostError with the code `INVALID_SELECTION`, and with `DEAD_LETTERS_IN_SQS` where the queue is in SQS
   * @throws DeadLettersUnavailableError when a shard is down, after the others have done it
   */
  replay(wanted: ReplaySelection): Promise<number>
  /**
   * Deletes the selected batches.
   * @returns how many were deleted
   * @throws SignpostError with the code `INVALID_SELECTION`, and with `DEAD_LETTERS_IN_SQS` where the queue is in SQS
   * @throws DeadLettersUnavailableError when a shard is down, after the others have done it
   */
  purge(wanted: DeadLetterSelection): Promise<number>
}

/** The dead letters of a dispatcher. @internal */
export class DispatcherDeadLetters implements DeadLetterBox {
  readonly #shards: readonly ShardClient[]
  readonly #stored: StoringHolder | null

  /** @internal */
  constructor(shards: readonly ShardClient[], stored: StoringHolder | null) {
    this.#shards = shards
    this.#stored = stored
  }

  async list(options: DeadLetterListOptions = {}): Promise<DeadLetterList> {
    const selection = selectionOf(options, 'list', ['limit', 'cursor']) ?? { all: true }
    const { limit = DEFAULT_LIMIT, cursor } = options
    checkLimit(limit)
    const start = this.#parse(cursor ?? null)
    const items: DeadLetterHead[] = []
    const unavailable: number[] = []
    const asked = (await this.#holding(selection)).filter(({ number }) => number >= start.shard)
    for (const [index, shard] of asked.entries()) {
      const after = shard.number === start.shard ? start.after : null
      const wanted = limit - items.length
      const found = await unlessDown(shard.listDeadLetters({ ...selection, limit: wanted + 1, after }))
      if (found === null) {
        unavailable.push(shard.number)
        continue
      }
      items.push(...found.slice(0, wanted).map(({ position: _, ...letter }) => letter))
      const last = found[wanted - 1]
      if (found.length > wanted && last !== undefined) {
        return { items, cursor: `${shard.number}.${last.position}`, unavailable }
      }
      if (items.length === limit) {
        const next = asked[index + 1]
        return { items, cursor: next === undefined ? null : `${next.number}.`, unavailable }
      }
    }
    return { items, cursor: null, unavailable }
  }

  async get(id: string): Promise<DeadLetter | null> {
    if (typeof id !== 'string') throw invalidSelection('get', `needs a delivery id, a string, not ${typeof id}`)
    let down: ShardDownError | null = null
    for (const holder of await this.#holding({ ids: [id] })) {
      try {
        const letter = await holder.getDeadLetter(id)
        if (letter !== null) return letter
      } catch (error) {
        if (!(error instanceof ShardDownError)) throw error
        down = error
      }
    }
    if (down !== null) throw down
    return null
  }

  async replay(wanted: ReplaySelection): Promise<number> {
    const selection = selectionOf(wanted, 'replay', ['split'])
    if (selection === null) throw noSelection('replay')
    this.#refuse()
    const { split = false } = wanted
    if (typeof split !== 'boolean')
      throw invalidSelection('replay', `needs true or false as split, not ${typeof split}`)
    return this.#total(selection, (shard) => shard.replayDeadLetters(selection, split))
  }

  async purge(wanted: DeadLetterSelection): Promise<number> {
    const selection = selectionOf(wanted, 'purge', [])
    if (selection === null) throw noSelection('purge')
    this.#refuse()
    return this.#total(selection, (shard) => shard.purgeDeadLetters(selection))
  }

  #refuse(): void {
    const refusal = this.#stored?.refusal ?? null
    if (refusal !== null) throw refusal
  }

  async #total(selection: DeadLetterSelection, ask: (holder: Holder) => Promise<number>): Promise<number> {
    const asked = await this.#holding(selection)
    const counts = await Promise.all(asked.map((shard) => unlessDown(ask(shard))))
    const count = counts.reduce<number>((sum, one) => sum + (one ?? 0), 0)
    const unavailable = asked.filter((_, index) => counts[index] === null).map(({ number }) => number)
    if (unavailable.length > 0) throw new DeadLettersUnavailableError(unavailable, count)
    return count
  }

  /**
   * Those that may have selected ones. For an app that none hosts all are asked, so that none is overlooked. Beside a durable queue a shard
   * has only those that cannot be stored at present, and whoever died meanwhile: asked too, it would name one that is just being stored twice.
   */
  async #holding({ app }: DeadLetterSelection): Promise<readonly Holder[]> {
    const hosts = app === undefined ? [] : this.#shards.filter((shard) => shard.hosts(app))
    const shards = hosts.length > 0 ? hosts : this.#shards
    if (this.#stored === null) return shards
    const haveStored = await Promise.all(shards.map((shard) => unlessDown(shard.storeDeadLetters())))
    return [...shards.filter((_, index) => haveStored[index] !== true), this.#stored]
  }

  toJSON(): object {
    return {}
  }

  [inspect.custom](): string {
    return 'DeadLetterBox {}'
  }

  #parse(cursor: unknown): { readonly shard: number; readonly after: number | null } {
    if (cursor === null) return { shard: 0, after: null }
    const match = typeof cursor === 'string' ? /^(\d+)\.(\d+(?:\.\d+)?)?$/.exec(cursor) : null
    const shard = Number(match?.[1])
    if (match === null || shard >= this.#shards.length + (this.#stored === null ? 0 : 1)) {
      const got = typeof cursor === 'string' ? JSON.stringify(cursor) : `a value of type ${typeof cursor}`
      throw new SignpostError('INVALID_CURSOR', `cursor must be one that list() returned, not ${got}`)
    }
    return { shard, after: match[2] === undefined ? null : Number(match[2]) }
  }
}

/** @throws SignpostError `INVALID_LIMIT` */
function checkLimit(limit: unknown): asserts limit is number {
  if (typeof limit === 'number' && Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return
  const got = typeof limit === 'number' ? String(limit) : `a value of type ${typeof limit}`
  throw new SignpostError('INVALID_LIMIT', `limit must be a whole number from 1 to ${MAX_LIMIT}, not ${got}`)
}

/** @returns null when the shard is down */
async function unlessDown<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ShardDownError) return null
    throw error
  }
}
