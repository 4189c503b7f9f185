import { jobIdsOf, jobIdText } from './arena/job-id.js'
import type { DurableQueue } from './durable-queue.js'
import type { LetterSelection } from './queue/job-store.js'
import type { DeadLetterQuery, DeadLetterSelection, ListedDeadLetter } from './shard/messages.js'
import { numberOf } from './time/clocks.js'

/** The dead letters of the durable queue, as the shards' are asked for. */
export class StoredLetters {
  readonly #queue: DurableQueue
  readonly number: number

  /** @param number behind those of the shards, for cursors */
  constructor(queue: DurableQueue, number: number) {
    this.#queue = queue
    this.number = number
  }

  async listDeadLetters({ limit, after, ...selection }: DeadLetterQuery): Promise<ListedDeadLetter[]> {
    const letters = await this.#queue.list({ ...toStore(selection), limit, after })
    return letters.map(({ head, death, body, position }) => ({
      id: jobIdText(head.id),
      app: head.target.app,
      endpoint: head.target.endpoint,
      body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'),
      events: head.events,
      attempts: death.attempts,
      status: death.status || null,
      cause: death.cause,
      error: death.error,
      firstEventAt: Math.round(numberOf(head.firstEventAt)),
      firstAttemptAt: death.attempts === 0 ? null : Math.round(death.diedAt - head.spentMs),
      diedAt: death.diedAt,
      position,
    }))
  }

  replayDeadLetters(selection: DeadLetterSelection): Promise<number> {
    return this.#queue.replay(toStore(selection))
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
