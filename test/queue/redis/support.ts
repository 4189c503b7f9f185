import { randomUUID } from 'node:crypto'
import type { RedisProcess } from '../../../scripts/servers/redis.js'
import type { OpenStore } from '../../../src/queue/job-store.js'
import { openRedisStore } from '../../../src/queue/redis/index.js'
import type { RedisServer, RedisStoreOptions } from '../../../src/queue/redis/options.js'

export const NO_TLS = {
  enabled: false,
  acceptInvalidCerts: false,
  caPath: null,
  clientCertPath: null,
  clientKeyPath: null,
}

export const NOBODY = { username: null, password: null }

export function serverAt({ port }: Pick<RedisProcess, 'port'>): RedisServer {
  return { kind: 'server', address: { host: '127.0.0.1', port }, credentials: NOBODY, db: 0, tls: NO_TLS }
}

export function optionsFor(server: RedisServer, changes: Partial<RedisStoreOptions> = {}): RedisStoreOptions {
  return {
    server,
    prefix: 'sockudo_queue:',
    owner: randomUUID(),
    concurrency: 5,
    waitReplicas: 0,
    timeoutMs: 2000,
    maxBytes: 1024 ** 3,
    letters: { maxBytes: 1024 ** 3, maxAgeMs: Number.MAX_SAFE_INTEGER },
    leaseMs: 15_000,
    shared: null,
    ...changes,
  }
}

export async function openStore(server: RedisServer, changes: Partial<RedisStoreOptions> = {}): Promise<OpenStore> {
  const { store } = await openRedisStore(optionsFor(server, changes))
  return store
}
