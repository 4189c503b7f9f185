import { jobIdsOf, jobIdText } from '../arena/job-id.js'
import type { SignpostError } from '../errors.js'
import type { Letter, LetterSelection } from '../queue/job-store.js'
import type {
  DeadLetter,
  DeadLetterHead,
  DeadLetterQuery,
  DeadLetterSelection,
  ListedDeadLetter,
} from '../shard/messages.js'
import { numberOf } from '../time/clocks.js'
import type { DurableQueue } from './durable-queue.js'

/** Letters that are read and split at once. */
const SPLIT_AT_ONCE = 32

/** The dead letters of the durable queue, as the shards' are asked for. */
export class StoredLetters {
  readonly #queue: DurableQueue
  readonly number: number
  /** See `DeadLetterBox`. */
  readonly refusal: SignpostError | null

  /** @param number behind those of the shards, for cursors */
  constructor(queue: DurableQueue, number: number, refusal: SignpostError | null) {
    this.#queue = queue
    this.number = number
    this.refusal = refusal
  }

  async listDeadLetters({ limit, after, ...selection }: DeadLetterQuery): Promise<ListedDeadLetter[]> {
    const letters = await this.#queue.list({ ...toStore(selection), limit, after })
    return letters.map((letter) => ({ ...headOf(letter), position: letter.position }))
  }

  async getDeadLetter(id: string): Promise<DeadLetter | null> {
    const [letter] = await this.#queue.list({ ...toStore({ ids: [id] }), limit: 1, after: null })
    if (letter === undefined) return null
    const { body } = letter
    return { ...headOf(letter), body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8') }
  }

  async replayDeadLetters(selection: DeadLetterSelection, split: boolean): Promise<number> {
    if (!split) return this.#queue.replay(toStore(selection))
    let count = 0
    let after: number | null = null
    for (;;) {
      const letters = await this.#queue.list({ ...toStore(selection), limit: SPLIT_AT_ONCE, after })
      after = letters.at(-1)?.position ?? null
      const whole = letters.filter(({ head }) => head.events < 2).map(({ head }) => head.id)
      if (whole.length > 0) count += await this.#queue.replay({ ids: whole })
      count += await this.#queue.split(letters.filter(({ head }) => head.events >= 2))
      if (letters.length < SPLIT_AT_ONCE) return count
    }
  }

  purgeDeadLetters(selection: DeadLetterSelection): Promise<number> {
    return this.#queue.purge(toStore(selection))
  }
}

function toStore({ ids, app, endpoint }: DeadLetterSelection): LetterSelection {
  if (ids !== undefined) return { ids: ids.flatMap((id) => jobIdsOf(id)) }
  if (app === undefined) return {}
  return endpoint === undefined ? { app } : { app, endpoint }
}

function headOf({ head, death }: Letter): DeadLetterHead {
  return {
    id: jobIdText(head.id),
    app: head.target.app,
    endpoint: head.target.endpoint,
    events: head.events,
    attempts: death.attempts,
    status: death.status || null,
    cause: death.cause,
    error: death.error,
    firstEventAt: Math.round(numberOf(head.firstEventAt)),
    firstAttemptAt: death.attempts === 0 ? null : Math.round(death.diedAt - head.spentMs),
    diedAt: death.diedAt,
  }
}
