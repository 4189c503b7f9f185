export interface Variable {
  readonly name: string
  /** What its text is read as. */
  readonly kind: 'a string' | 'a whole number' | 'true or false' | 'a list' | 'a queue driver' | 'an app manager driver'
  /** Where its value goes. */
  readonly paths: readonly (readonly string[])[]
}

type Kind = Variable['kind']

const to = (section: string, kind: Kind, entries: Readonly<Record<string, string>>): readonly Variable[] => {
  return Object.entries(entries).map(([name, path]) => ({ name, kind, paths: [`${section}.${path}`.split('.')] }))
}

const sql = (prefix: string, section: string): readonly Variable[] => [
  ...to(section, 'a string', {
    [`${prefix}_HOST`]: 'host',
    [`${prefix}_USERNAME`]: 'username',
    [`${prefix}_PASSWORD`]: 'password',
    [`${prefix}_DATABASE`]: 'database',
  }),
  ...to(section, 'a whole number', {
    [`${prefix}_PORT`]: 'port',
    [`${prefix}_POOL_MIN`]: 'pool_min',
    [`${prefix}_POOL_MAX`]: 'pool_max',
  }),
]

const redisTls = (prefix: string, section: string): readonly Variable[] => [
  ...to(section, 'true or false', {
    [`${prefix}_ENABLED`]: 'enabled',
    [`${prefix}_ACCEPT_INVALID_CERTS`]: 'accept_invalid_certs',
  }),
  ...to(section, 'a string', {
    [`${prefix}_CA_PATH`]: 'ca_path',
    [`${prefix}_CLIENT_CERT_PATH`]: 'client_cert_path',
    [`${prefix}_CLIENT_KEY_PATH`]: 'client_key_path',
  }),
]

/** Sockudo's variables that win over the file, in its order: of two that set the same, the later one counts. */
export const VARIABLES: readonly Variable[] = [
  ...to('queue', 'a queue driver', { QUEUE_DRIVER: 'driver' }),
  ...to('app_manager', 'an app manager driver', { APP_MANAGER_DRIVER: 'driver' }),

  ...to('database.redis', 'a string', {
    DATABASE_REDIS_HOST: 'host',
    DATABASE_REDIS_USERNAME: 'username',
    DATABASE_REDIS_PASSWORD: 'password',
    DATABASE_REDIS_SENTINEL_USERNAME: 'sentinel_username',
    DATABASE_REDIS_SENTINEL_PASSWORD: 'sentinel_password',
  }),
  ...to('database.redis', 'a whole number', { DATABASE_REDIS_PORT: 'port', DATABASE_REDIS_DB: 'db' }),
  ...redisTls('DATABASE_REDIS_SENTINEL_TLS', 'database.redis.sentinel_tls'),
  ...redisTls('DATABASE_REDIS_MASTER_TLS', 'database.redis.master_tls'),
  ...sql('DATABASE_MYSQL', 'database.mysql'),
  ...to('database.mysql', 'a string', { DATABASE_MYSQL_TABLE_NAME: 'table_name' }),
  ...sql('DATABASE_POSTGRES', 'database.postgres'),
  ...to('database.dynamodb', 'a string', {
    DATABASE_DYNAMODB_REGION: 'region',
    DATABASE_DYNAMODB_TABLE_NAME: 'table_name',
    DATABASE_DYNAMODB_ENDPOINT_URL: 'endpoint_url',
    AWS_ACCESS_KEY_ID: 'aws_access_key_id',
    AWS_SECRET_ACCESS_KEY: 'aws_secret_access_key',
  }),
  ...to('queue.redis_cluster', 'a list', { REDIS_CLUSTER_NODES: 'nodes', DATABASE_REDIS_CLUSTER_NODES: 'nodes' }),
  ...to('queue.redis_cluster', 'a whole number', {
    REDIS_CLUSTER_QUEUE_CONCURRENCY: 'concurrency',
    REDIS_CLUSTER_QUEUE_REQUEST_TIMEOUT_MS: 'request_timeout_ms',
  }),
  ...to('queue.redis_cluster', 'a string', { REDIS_CLUSTER_QUEUE_PREFIX: 'prefix' }),

  ...to('queue.redis', 'a whole number', {
    QUEUE_REDIS_CONCURRENCY: 'concurrency',
    QUEUE_REDIS_RESPONSE_TIMEOUT_MS: 'response_timeout_ms',
  }),
  ...to('queue.redis', 'a string', { QUEUE_REDIS_PREFIX: 'prefix' }),
  ...to('queue.sqs', 'a string', { QUEUE_SQS_REGION: 'region', QUEUE_SQS_ENDPOINT_URL: 'endpoint_url' }),
  ...to('queue.sqs', 'a whole number', {
    QUEUE_SQS_VISIBILITY_TIMEOUT: 'visibility_timeout',
    QUEUE_SQS_MAX_MESSAGES: 'max_messages',
    QUEUE_SQS_WAIT_TIME_SECONDS: 'wait_time_seconds',
    QUEUE_SQS_CONCURRENCY: 'concurrency',
  }),
  ...to('queue.sqs', 'true or false', { QUEUE_SQS_FIFO: 'fifo' }),
  ...to('webhooks.batching', 'true or false', { WEBHOOK_BATCHING_ENABLED: 'enabled' }),
  ...to('webhooks.batching', 'a whole number', {
    WEBHOOK_BATCHING_DURATION: 'duration',
    WEBHOOK_BATCHING_SIZE: 'size',
  }),

  ...to('database_pooling', 'true or false', { DATABASE_POOLING_ENABLED: 'enabled' }),
  ...to('database_pooling', 'a whole number', { DATABASE_POOL_MIN: 'min', DATABASE_POOL_MAX: 'max' }),
  {
    name: 'DATABASE_CONNECTION_POOL_SIZE',
    kind: 'a whole number',
    paths: ['mysql', 'postgres'].map((name) => ['database', name, 'connection_pool_size']),
  },
  ...to('app_manager.cache', 'a whole number', { CACHE_TTL_SECONDS: 'ttl' }),
  ...to('queue.redis', 'a string', { REDIS_URL: 'url_override' }),
]
