import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
