import type { Config, RedisServerConfig, SqlDatabaseConfig } from '../config/model.js'
import type { Loaded } from '../config/parse.js'
import { type Findings, NOTHING_FOUND, problem, together } from './finding.js'
import type { PreflightPorts, Server } from './ports.js'

/** A server that a driver will connect to, and where the configuration names it. */
interface NamedServer extends Server {
  readonly path: string
}

/** Whether the servers of the configured drivers can be reached. */
export async function checkServers({ config }: Loaded, { connect }: PreflightPorts): Promise<Findings> {
  if (connect === null) return NOTHING_FOUND
  return together(
    await Promise.all(
      [...queueServers(config), ...appServers(config)].map(async ({ path, host, port }) => {
        try {
          await connect({ host, port })
          return NOTHING_FOUND
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error)
          return problem('start', path, `the server ${host}:${port} cannot be reached: ${reason}`)
        }
      }),
    ),
  )
}

function queueServers({ queue, database }: Config): readonly NamedServer[] {
  if (queue.driver === 'redis') return redisServers(queue.redis.urlOverride, database.redis)
  if (queue.driver === 'redis-cluster') {
    return queue.redisCluster.nodes.map((node, index) => ofUrl(`queue.redis_cluster.nodes[${index}]`, node, 6379))
  }
  if (queue.driver !== 'sqs') return []
  const { region, endpointUrl } = queue.sqs
  return [ofAws('queue.sqs', 'sqs', region, endpointUrl)]
}

function redisServers(
  urlOverride: string | null,
  { sentinels, host, port }: RedisServerConfig,
): readonly NamedServer[] {
  if (urlOverride !== null) return [ofUrl('queue.redis.url_override', urlOverride, 6379)]
  if (sentinels.length > 0) {
    return sentinels.map((sentinel, index) => ({ path: `database.redis.sentinels[${index}]`, ...sentinel }))
  }
  return [{ path: 'database.redis', host: host.replace(/^rediss?:\/\//, ''), port }]
}

function appServers({ appManager: { driver }, database }: Config): readonly NamedServer[] {
  if (driver === 'mysql') return ofSql('database.mysql', database.mysql)
  if (driver === 'pgsql') return ofSql('database.postgres', database.postgres)
  if (driver !== 'dynamodb') return []
  const { region, endpointUrl } = database.dynamodb
  return [ofAws('database.dynamodb', 'dynamodb', region, endpointUrl)]
}

/** A host that is a path is that of a Unix socket, which is on this machine. */
function ofSql(path: string, { host, port }: SqlDatabaseConfig): readonly NamedServer[] {
  return host.startsWith('/') ? [] : [{ path, host, port }]
}

function ofAws(path: string, service: string, region: string, endpointUrl: string | null): NamedServer {
  if (endpointUrl !== null) return ofUrl(`${path}.endpoint_url`, endpointUrl, 443)
  return { path, host: `${service}.${region}.amazonaws.com`, port: 443 }
}

/** Credentials stay behind. */
function ofUrl(path: string, url: string, fallback: number): NamedServer {
  if (!URL.canParse(url)) return { path, host: 'localhost', port: fallback }
  const { hostname, port, protocol } = new URL(url)
  const usual = protocol === 'http:' ? 80 : fallback
  return { path, host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? usual : Number(port) }
}
