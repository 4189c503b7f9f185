import { SignpostError } from './errors.js'
import type { DeadLetter, DeadLetterSelection } from './shard/messages.js'
import type { ShardClient } from './shard-client.js'

export interface DeadLetterList {
  readonly items: readonly DeadLetter[]
  /** Where the next page begins; null: this was the last. */
  readonly cursor: string | null
}

export interface DeadLetterListOptions extends DeadLetterSelection {
  /** The most that are returned, 1 to 1000; 100 by default. */
  readonly limit?: number
  readonly cursor?: string | null
}

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000

/** The batches that were given up, over all shards. */
export class DeadLetterBox {
  /** @internal */
  constructor(private readonly shards: readonly ShardClient[]) {}

  /** The oldest of each shard first. @throws SignpostError `INVALID_CURSOR`, `INVALID_LIMIT` */
  async list({ limit = DEFAULT_LIMIT, cursor, ...selection }: DeadLetterListOptions = {}): Promise<DeadLetterList> {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
      throw new SignpostError('INVALID_LIMIT', `limit must be a whole number from 1 to ${MAX_LIMIT}, not ${limit}`)
    }
    const start = this.parse(cursor ?? null)
    const items: DeadLetter[] = []
    for (const shard of this.shards.slice(start.shard)) {
      const after = shard.number === start.shard ? start.after : null
      const wanted = limit - items.length
      const found = await shard.listDeadLetters({ ...selection, limit: wanted + 1, after })
      items.push(...found.slice(0, wanted))
      const last = found[wanted - 1]
      if (found.length > wanted && last !== undefined) return { items, cursor: `${shard.number}.${last.id}` }
      if (items.length === limit) {
        const next = shard.number + 1
        return { items, cursor: next < this.shards.length ? `${next}.` : null }
      }
    }
    return { items, cursor: null }
  }

  /** Delivers the selected ones again, under the delivery ids that they had. @returns how many batches */
  async replay(selection: DeadLetterSelection): Promise<number> {
    return total(this.shards.map((shard) => shard.replayDeadLetters(selection)))
  }

  /** Forgets the selected ones. @returns how many batches */
  async purge(selection: DeadLetterSelection): Promise<number> {
    return total(this.shards.map((shard) => shard.purgeDeadLetters(selection)))
  }

  private parse(cursor: string | null): { readonly shard: number; readonly after: string | null } {
    if (cursor === null) return { shard: 0, after: null }
    const match = /^(\d+)\.([0-9a-f-]*)$/.exec(cursor)
    const shard = Number(match?.[1])
    if (match === null || shard >= this.shards.length) {
      throw new SignpostError('INVALID_CURSOR', `${JSON.stringify(cursor)} is not a cursor that list() returned`)
    }
    return { shard, after: match[2] === '' ? null : (match[2] ?? null) }
  }
}

async function total(counts: readonly Promise<number>[]): Promise<number> {
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}
