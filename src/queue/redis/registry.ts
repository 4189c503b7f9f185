import { listOf, textOf } from './answers.js'
import { registryKey } from './keys.js'
import type { RedisLink } from './link.js'

/** Lanes that are looked at in one go. */
const AT_ONCE = 64

/** All lanes that are not empty, and until when each belongs to somebody. A hint: what counts is the lease itself. @throws StoreDownError */
export class Registry {
  readonly #link: RedisLink
  readonly #key: string

  constructor(link: RedisLink, prefix: string) {
    this.#link = link
    this.#key = registryKey(prefix)
  }

  /** The server's clock, Unix ms. */
  async time(): Promise<number> {
    const [seconds, microseconds] = listOf(await this.#link.send(this.#key, ['TIME'])).map(textOf)
    return Number(seconds) * 1000 + Number(microseconds) / 1000
  }

  async all(): Promise<readonly string[]> {
    return listOf(await this.#link.send(this.#key, ['ZRANGE', this.#key, '0', '-1'])).map(textOf)
  }

  /** Lanes whose lease is over. @param serverMs the server's clock, Unix ms */
  async expired(serverMs: number): Promise<readonly string[]> {
    const range = ['-inf', String(Math.floor(serverMs)), 'LIMIT', '0', String(AT_ONCE)]
    return listOf(await this.#link.send(this.#key, ['ZRANGEBYSCORE', this.#key, ...range])).map(textOf)
  }

  /** @param untilMs by the server's clock, Unix ms; 0: anybody may have them */
  async set(lanes: readonly string[], untilMs: number): Promise<void> {
    if (lanes.length === 0) return
    const pairs = lanes.flatMap((lane) => [String(Math.floor(untilMs)), lane])
    await this.#link.send(this.#key, ['ZADD', this.#key, ...pairs])
  }

  async remove(lane: string): Promise<void> {
    await this.#link.send(this.#key, ['ZREM', this.#key, lane])
  }
}
