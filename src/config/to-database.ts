import type { AppManagerConfig, DatabaseConfig, RedisServerConfig, RedisTlsConfig, SqlDatabaseConfig } from './model.js'
import type { ParsedConfig } from './parsed.js'

const DEFAULT_POLL_INTERVAL_MS = 5000

export function toAppManager(given: ParsedConfig['app_manager']): AppManagerConfig {
  return {
    driver: given.driver,
    ...pollInterval(given),
    onUnavailable: given.on_unavailable,
    allowMassDeletion: given.allow_mass_deletion,
  }
}

function pollInterval({
  poll_interval_ms: ms,
  cache,
}: ParsedConfig['app_manager']): Pick<AppManagerConfig, 'pollIntervalMs' | 'pollIntervalFrom'> {
  if (ms != null) return { pollIntervalMs: ms, pollIntervalFrom: 'poll_interval_ms' }
  if (cache?.ttl != null) return { pollIntervalMs: cache.ttl * 1000, pollIntervalFrom: 'cache.ttl' }
  return { pollIntervalMs: DEFAULT_POLL_INTERVAL_MS, pollIntervalFrom: 'default' }
}

export function toDatabase({
  database: { redis, mysql, postgres, dynamodb },
  database_pooling: pooling,
}: Pick<ParsedConfig, 'database' | 'database_pooling'>): DatabaseConfig {
  return {
    redis: toRedis(redis),
    mysql: toSql(mysql, pooling),
    postgres: toSql(postgres, pooling),
    dynamodb: {
      region: dynamodb.region,
      tableName: dynamodb.table_name,
      endpointUrl: dynamodb.endpoint_url ?? null,
      accessKeyId: dynamodb.aws_access_key_id ?? null,
      secretAccessKey: dynamodb.aws_secret_access_key ?? null,
      profileName: dynamodb.aws_profile_name ?? null,
    },
  }
}

/** Empty texts are what Sockudo takes for "not given". */
function toRedis(redis: ParsedConfig['database']['redis']): RedisServerConfig {
  return {
    host: redis.host,
    port: redis.port,
    db: redis.db,
    username: redis.username || null,
    password: redis.password || null,
    sentinels: redis.sentinels,
    name: redis.name,
    sentinelUsername: redis.sentinel_username || null,
    sentinelPassword: redis.sentinel_password || null,
    sentinelTls: toTls(redis.sentinel_tls),
    masterTls: toTls(redis.master_tls),
  }
}

function toTls(tls: ParsedConfig['database']['redis']['master_tls']): RedisTlsConfig {
  return {
    enabled: tls.enabled,
    acceptInvalidCerts: tls.accept_invalid_certs,
    caPath: tls.ca_path || null,
    clientCertPath: tls.client_cert_path || null,
    clientKeyPath: tls.client_key_path || null,
  }
}

/** The pool of Sockudo: its own size, else that of all databases, and one number alone while pooling is off. */
function toSql(sql: ParsedConfig['database']['mysql'], pooling: ParsedConfig['database_pooling']): SqlDatabaseConfig {
  const most = pooling.enabled ? (sql.pool_max ?? pooling.max) : sql.connection_pool_size
  const fewest = pooling.enabled ? (sql.pool_min ?? pooling.min) : 0
  return {
    host: sql.host,
    port: sql.port,
    username: sql.username,
    password: sql.password,
    database: sql.database,
    tableName: sql.table_name,
    poolMin: Math.min(fewest, most),
    poolMax: most,
    tls: toTls(sql.tls),
  }
}
