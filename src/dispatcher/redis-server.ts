import type { Config } from '../config/index.js'
import type { RedisServerConfig, RedisTlsConfig } from '../config/model.js'
import type { RedisAddress, RedisCredentials, RedisServer } from '../queue/redis/options.js'

const PORT = 6379

/** Where the driver `redis` finds its server: `url_override` wins over sentinels, and these over `host`, as in Sockudo. */
export function redisServer({ queue, database: { redis } }: Pick<Config, 'queue' | 'database'>): RedisServer {
  const { urlOverride } = queue.redis
  if (urlOverride !== null) return { kind: 'server', ...ofUrl(urlOverride, redis.masterTls) }
  const credentials = { username: redis.username, password: redis.password }
  if (redis.sentinels.length > 0) {
    return {
      kind: 'sentinels',
      sentinels: redis.sentinels,
      name: redis.name,
      sentinelCredentials: { username: redis.sentinelUsername, password: redis.sentinelPassword },
      sentinelTls: redis.sentinelTls,
      credentials,
      db: redis.db,
      tls: redis.masterTls,
    }
  }
  return { kind: 'server', ...ofHost(redis), credentials, db: redis.db }
}

/** Where the driver `redis-cluster` finds its nodes. The credentials of the first one are those of all. */
export function redisCluster({ queue, database: { redis } }: Pick<Config, 'queue' | 'database'>): RedisServer {
  const nodes = queue.redisCluster.nodes.map((node) => ofUrl(node, redis.masterTls))
  const credentials = nodes[0]?.credentials ?? { username: null, password: null }
  const tls = { ...redis.masterTls, enabled: nodes.some((node) => node.tls.enabled) }
  return { kind: 'cluster', nodes: nodes.map(({ address }) => address), credentials, tls }
}

interface Located {
  readonly address: RedisAddress
  readonly credentials: RedisCredentials
  readonly db: number
  readonly tls: RedisTlsConfig
}

/** `master_tls.enabled` makes a `redis://` URL one of TLS. */
function ofUrl(text: string, tls: RedisTlsConfig): Located {
  const url = new URL(text)
  return {
    address: { host: hostOf(url), port: url.port === '' ? PORT : Number(url.port) },
    credentials: { username: decoded(url.username), password: decoded(url.password) },
    db: Number(url.pathname.slice(1)) || 0,
    tls: { ...tls, enabled: tls.enabled || url.protocol === 'rediss:' },
  }
}

/** `host` may itself start with a scheme. */
function ofHost({ host, port, masterTls }: RedisServerConfig): Pick<Located, 'address' | 'tls'> {
  const isSecure = host.startsWith('rediss://')
  const name = host.replace(/^rediss?:\/\//, '')
  return { address: { host: name, port }, tls: { ...masterTls, enabled: masterTls.enabled || isSecure } }
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}

function decoded(text: string): string | null {
  return text === '' ? null : decodeURIComponent(text)
}
