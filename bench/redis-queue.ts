import { freePort } from '../scripts/free-port.js'
import { RedisProcess } from './peers/redis-process.js'

export type Deliver = 'here' | 'consumers'

/** A queue in a Redis of its own. */
export interface RedisQueue {
  readonly server: RedisProcess
  queue(deliver: Deliver): {
    readonly driver: 'redis'
    readonly redis: { readonly url_override: string; readonly deliver: Deliver }
  }
}

export async function startRedisQueue(): Promise<RedisQueue> {
  const port = await freePort()
  return {
    server: await RedisProcess.start(port),
    queue: (deliver) => ({ driver: 'redis', redis: { url_override: `redis://127.0.0.1:${port}/0`, deliver } }),
  }
}
