import type { Claim, DuplicateStore } from 'signpost/receiver'

/** What is used of an ioredis client. */
interface Redis {
  set(key: string, value: string, px: 'PX', ms: number, nx: 'NX', get: 'GET'): Promise<string | null>
  set(key: string, value: string, px: 'PX', ms: number): Promise<unknown>
  del(key: string): Promise<unknown>
}

const claimMs = 60_000
const windowMs = 24 * 60 * 60 * 1000

/** Several processes that share an endpoint share what they have processed. `SET` with `NX` and `GET`: Redis 7. */
export function redisDuplicates(redis: Redis): DuplicateStore {
  return {
    async claim(id): Promise<Claim> {
      const before = await redis.set(`webhook:${id}`, 'in-progress', 'PX', claimMs, 'NX', 'GET')
      return before === null ? 'new' : before === 'done' ? 'done' : 'in-progress'
    },
    async complete(id) {
      await redis.set(`webhook:${id}`, 'done', 'PX', windowMs)
    },
    async release(id) {
      await redis.del(`webhook:${id}`)
    },
  }
}
