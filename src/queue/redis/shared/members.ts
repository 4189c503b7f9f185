import { listOf, textOf } from '../answers.js'
import { type SharedKeys, sharedKeys } from '../keys.js'
import type { RedisLink } from '../link.js'

/** The processes that share lanes, and how many lanes those are. @throws StoreDownError */
export class Members {
  readonly #link: RedisLink
  readonly #keys: SharedKeys
  readonly #owner: string

  constructor(link: RedisLink, prefix: string, owner: string) {
    this.#link = link
    this.#keys = sharedKeys(prefix)
    this.#owner = owner
  }

  /** How many lanes there are: as many as the first process said. @param wanted what this one would say */
  async lanes(wanted: number): Promise<number> {
    await this.#link.send(this.#keys.count, ['SET', this.#keys.count, String(wanted), 'NX'])
    const count = Number(textOf(await this.#link.send(this.#keys.count, ['GET', this.#keys.count])))
    if (Number.isSafeInteger(count) && count >= 1) return count
    throw new Error(`${this.#keys.count} is not the number of lanes`)
  }

  /** Says that this process consumes. @returns how many do */
  async stay(forMs: number): Promise<number> {
    const { consumers } = this.#keys
    const [seconds, microseconds] = listOf(await this.#link.send(consumers, ['TIME'])).map(textOf)
    const nowMs = Math.floor(Number(seconds) * 1000 + Number(microseconds) / 1000)
    await this.#link.send(consumers, ['ZADD', consumers, String(nowMs + forMs), this.#owner])
    await this.#link.send(consumers, ['ZREMRANGEBYSCORE', consumers, '-inf', String(nowMs)])
    return Number(await this.#link.send(consumers, ['ZCARD', consumers]))
  }

  /** This process consumes no more. */
  async leave(): Promise<void> {
    await this.#link.send(this.#keys.consumers, ['ZREM', this.#keys.consumers, this.#owner])
  }
}
