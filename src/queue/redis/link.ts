import { QueueServerError, StoreDownError, StoreFullError } from '../errors.js'
import { type Connection, connectRedis, isRefusal, messageOf, type RedisArgument } from './connection.js'
import type { LaneKeys } from './keys.js'
import type { RedisServer } from './options.js'
import type { Script } from './scripts.js'

export interface LinkOptions {
  readonly server: RedisServer
  readonly timeoutMs: number
  readonly waitReplicas: number
}

/**
 * The way to Redis. Whatever fails ends the connection, and the next call makes another one: so nothing is on its way twice, and a
 * server that is not the master any more, or half-open, is left.
 */
export class RedisLink {
  readonly #options: LinkOptions
  #connection: Promise<Connection> | null = null
  #isClosed = false

  constructor(options: LinkOptions) {
    this.#options = options
  }

  /** @throws StoreDownError, StoreFullError */
  async send(key: string, args: readonly RedisArgument[]): Promise<unknown> {
    return this.#call((connection) => connection.send(key, args))
  }

  /** What each server that has keys answers. @throws StoreDownError */
  async ask(args: readonly string[]): Promise<readonly unknown[]> {
    return this.#call((connection) => connection.ask(args))
  }

  /** Runs a script on the keys of a lane. @throws StoreDownError, StoreFullError */
  async run(script: Script, keys: LaneKeys, args: readonly RedisArgument[]): Promise<unknown> {
    return this.runOn(script, [keys.log, keys.dead, keys.state, keys.lease, keys.meta], args)
  }

  /** Runs a script on keys of one slot. @throws StoreDownError, StoreFullError */
  async runOn(script: Script, keys: readonly [string, ...string[]], args: readonly RedisArgument[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args]
    return this.#call(async (connection) => {
      try {
        return await connection.send(keys[0], ['EVALSHA', script.sha, ...rest])
      } catch (error) {
        if (!isRefusal(error) || !error.message.startsWith('NOSCRIPT')) throw error
        return connection.send(keys[0], ['EVAL', script.text, ...rest])
      }
    })
  }

  /** Resolves when so many replicas as are asked for have what was written. @throws StoreDownError */
  async replicated({ log }: LaneKeys): Promise<void> {
    const { waitReplicas, timeoutMs } = this.#options
    if (waitReplicas === 0) return
    const args = ['WAIT', String(waitReplicas), String(Math.floor(timeoutMs / 2))]
    const count = Number(await this.send(log, args))
    if (count < waitReplicas) throw new StoreDownError(`only ${count} of ${waitReplicas} replicas have it`)
  }

  close(): void {
    this.#isClosed = true
    this.#drop(this.#connection)
  }

  async #call<Answer>(work: (connection: Connection) => Promise<Answer>): Promise<Answer> {
    if (this.#isClosed) throw new StoreDownError('the connection to Redis is closed')
    this.#connection ??= this.#connect()
    const used = this.#connection
    try {
      const connection = await used
      return await this.#withinTime(work(connection))
    } catch (error) {
      throw this.#failure(error, used)
    }
  }

  #connect(): Promise<Connection> {
    const { server, timeoutMs } = this.#options
    const connection: Promise<Connection> = connectRedis(server, timeoutMs, {
      broken: () => this.#drop(connection),
    })
    return connection
  }

  #drop(connection: Promise<Connection> | null): void {
    if (connection === null) return
    if (this.#connection === connection) this.#connection = null
    connection.then(
      (open) => open.destroy(),
      () => undefined,
    )
  }

  /** A client may lose an answer together with its connection, so that time is limited here. */
  async #withinTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const { timeoutMs } = this.#options
    if (timeoutMs === 0) return answer
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new StoreDownError(`no answer within ${timeoutMs} ms`)), timeoutMs)
    })
    try {
      return await Promise.race([answer, late])
    } finally {
      clearTimeout(timer)
    }
  }

  #failure(error: unknown, used: Promise<Connection>): Error {
    const message = `Redis: ${messageOf(error)}`
    if (isFull(error)) return new StoreFullError(message, { cause: error })
    this.#drop(used)
    if (error instanceof QueueServerError) return new QueueServerError(message, { cause: error })
    return new StoreDownError(message, { cause: error })
  }
}

function isFull(error: unknown): boolean {
  return isRefusal(error) && error.message.includes('OOM command not allowed')
}
