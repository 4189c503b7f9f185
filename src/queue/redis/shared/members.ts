import { QueueServerError } from '../../errors.js'
import { listOf, textOf } from '../answers.js'
import { type SharedKeys, sharedKeys } from '../keys.js'
import type { RedisLink } from '../link.js'
import { STAY } from './scripts.js'

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
    const { count: key } = this.#keys
    const read = () => this.#link.send(key, ['GET', key])
    let stored = await read()
    if (stored === null) {
      await this.#link.send(key, ['SET', key, String(wanted), 'NX'])
      stored = await read()
    }
    const count = Number(textOf(stored))
    if (Number.isSafeInteger(count) && count >= 1) return count
    throw new QueueServerError(`the key ${key} should hold the number of lanes, but holds something else`)
  }

  /** Says that this process consumes. @returns how many do */
  async stay(forMs: number): Promise<number> {
    const { consumers } = this.#keys
    const [seconds, microseconds] = listOf(await this.#link.send(consumers, ['TIME'])).map(textOf)
    const nowMs = Math.floor(Number(seconds) * 1000 + Number(microseconds) / 1000)
    const args = [String(nowMs), String(nowMs + forMs), this.#owner]
    const [count] = listOf(await this.#link.runOn(STAY, [consumers], args))
    return Number(count)
  }

  /** This process consumes no more. */
  async leave(): Promise<void> {
    await this.#link.send(this.#keys.consumers, ['ZREM', this.#keys.consumers, this.#owner])
  }
}
