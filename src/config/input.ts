import type { EventName } from './event-names.js'

// Written by scripts/write-types.mjs from the schema.

/** Signpost's configuration, in the shape of Sockudo's config.json. */
export interface ConfigInput {
  /** How events are gathered and delivered. */
  webhooks?: DeliveryInput | undefined
  /** The threads and the memory that events pass through. */
  dispatcher?: DispatcherInput | undefined
  /** How many dead letters are kept, and for how long. */
  dead_letters?: DeadLettersInput | undefined
  /** Where batches wait. */
  queue?: QueueInput | undefined
  /** Where the apps come from. */
  app_manager?: AppManagerInput | undefined
  /** Servers that the queue and the app manager use. */
  database?: DatabaseInput | undefined
  /** Connections to the app manager's database. */
  database_pooling?: DatabasePoolingInput | undefined
  /** A short form of `app_manager.array.apps`. */
  apps?: readonly AppInput[] | null | undefined
  /** Other keys are Sockudo's own. */
  [key: string]: unknown
}

/** How events are gathered and delivered. */
export interface DeliveryInput {
  /**
   * Whether events are accepted; if false, all are refused.
   * @default true
   */
  enabled?: boolean | 'true' | 'false' | 0 | 1 | undefined
  /** How events are gathered into requests. */
  batching?: BatchingInput | undefined
  /**
   * How long a whole request may take, including connecting.
   * From 1 to 600000 ms.
   * @default 10000
   */
  request_timeout_ms?: number | string | undefined
  /**
   * The most requests in flight to one endpoint; 1 keeps strict order.
   * From 1 to 1024 requests.
   * @default 4
   */
  concurrency?: number | string | undefined
  /**
   * Limits the requests to one endpoint; batches grow while they wait.
   * @default none
   */
  rate_limit?: RateLimitInput | null | undefined
  /**
   * How requests are signed.
   * @default ["pusher"]
   */
  signature?: readonly ('pusher' | 'standard-webhooks')[] | undefined
  /**
   * URL of an HTTP proxy, with credentials if it needs them. `egress` applies to it.
   * @default none
   */
  proxy?: string | null | undefined
  /**
   * The address that connections are made from.
   * @default none
   */
  local_address?: string | null | undefined
  /**
   * Offers HTTP/2 to receivers over TLS (ALPN).
   * @default false
   */
  http2?: boolean | 'true' | 'false' | 0 | 1 | undefined
  /** How failed deliveries are retried. */
  retry?: RetryInput | undefined
  /** When to stop sending to an endpoint that fails. */
  circuit_breaker?: CircuitBreakerInput | undefined
  /**
   * With batching off, `bare` sends the event alone instead of an envelope with one event.
   * @default "envelope"
   */
  payload_format?: 'envelope' | 'bare' | undefined
  /** Which addresses may be connected to. */
  egress?: EgressInput | undefined
  /**
   * When a member or channel leaves and returns within this time, neither event is sent. 0 turns it off.
   * From 0 to 60000 ms.
   * @default 0
   */
  flap_window_ms?: number | string | undefined
}

/** How events are gathered into requests. */
export interface BatchingInput {
  /**
   * Whether events are gathered into batches; if false, each event is a request of its own. `WEBHOOK_BATCHING_ENABLED` overrides it.
   * @default true
   */
  enabled?: boolean | 'true' | 'false' | 0 | 1 | undefined
  /**
   * The longest time that the first event of a batch waits for others. `WEBHOOK_BATCHING_DURATION` overrides it.
   * From 1 to 600000 ms.
   * @default 50
   */
  duration?: number | string | undefined
  /**
   * The most events in a batch. `WEBHOOK_BATCHING_SIZE` overrides it.
   * From 1 to 10000 events.
   * @default 100
   */
  size?: number | string | undefined
  /**
   * The largest body of a request.
   * From 1024 to 16777216 bytes.
   * @default 262144
   */
  max_bytes?: number | string | undefined
}

/** Limits the requests to one endpoint; batches grow while they wait. */
export interface RateLimitInput {
  /**
   * The most requests in the period.
   * From 1 to 1000000.
   */
  requests: number | string
  /**
   * The period.
   * From 1 to 86400000 ms.
   */
  per_ms: number | string
}

/** How failed deliveries are retried. */
export interface RetryInput {
  /**
   * Whether failed deliveries are retried, with exponential backoff and full jitter.
   * @default true
   */
  enabled?: boolean | 'true' | 'false' | 0 | 1 | undefined
  /**
   * The most attempts, including the first.
   * From 1 to 1000.
   * @default none
   */
  max_attempts?: number | string | null | undefined
  /**
   * How long after its first attempt a batch may still be retried.
   * From 0 to 604800000 ms.
   * @default 300000
   */
  max_elapsed_time_ms?: number | string | undefined
  /**
   * The longest wait before the second attempt; it doubles with each further one.
   * From 1 to 3600000 ms.
   * @default 1000
   */
  initial_backoff_ms?: number | string | undefined
  /**
   * The longest wait between two attempts.
   * From 1 to 86400000 ms.
   * @default 60000
   */
  max_backoff_ms?: number | string | undefined
}

/** When to stop sending to an endpoint that fails. */
export interface CircuitBreakerInput {
  /**
   * Whether to stop sending to an endpoint that fails too often, until a probe succeeds.
   * @default true
   */
  enabled?: boolean | 'true' | 'false' | 0 | 1 | undefined
  /**
   * Results older than this no longer count.
   * From 1 to 3600000 ms.
   * @default 10000
   */
  window_ms?: number | string | undefined
  /**
   * How many results must be in the window before the breaker can open.
   * From 1 to 100000.
   * @default 10
   */
  min_requests?: number | string | undefined
  /**
   * The share of failures in the window that opens the breaker.
   * Above 0, at most 1.
   * @default 0.5
   */
  failure_rate?: number | string | undefined
  /**
   * How long the breaker stays open before the first probe; it doubles after every failed probe.
   * From 1 to 3600000 ms.
   * @default 5000
   */
  open_ms?: number | string | undefined
  /**
   * The longest wait before a probe.
   * From 1 to 86400000 ms.
   * @default 60000
   */
  max_open_ms?: number | string | undefined
}

/** Which addresses may be connected to. */
export interface EgressInput {
  /**
   * `no-metadata` refuses link-local and cloud-metadata addresses; `public-only` refuses all that are not public unicast.
   * @default "no-metadata"
   */
  policy?: 'no-metadata' | 'public-only' | undefined
  /**
   * Networks that are allowed whatever the policy says.
   * @default []
   */
  allow?: readonly string[] | undefined
}

/** The threads and the memory that events pass through. */
export interface DispatcherInput {
  /**
   * The number of worker threads. When not given, one fewer than the cores that the process may use, but at least 1. Workers of
   * `node:cluster` share the cores.
   * From 1 to 256 threads.
   */
  shards?: number | string | null | undefined
  /**
   * Size of a shard's ring of events, a power of two.
   * From 65536 to 1073741824 bytes.
   * @default 4194304
   */
  ring_bytes?: number | string | undefined
  /**
   * Size of a shard's arena, which holds its batches; at least 8 of the largest must fit.
   * From 524288 to 2147483648 bytes.
   * @default 67108864
   */
  arena_bytes?: number | string | undefined
  /**
   * What to do when there is no room: refuse new events, or drop the endpoint's oldest batch.
   * @default "refuse"
   */
  on_full?: 'refuse' | 'drop-oldest' | undefined
  /**
   * The share of the arena's free memory that one endpoint may hold.
   * Above 0, at most 1.
   * @default 0.25
   */
  endpoint_share?: number | string | undefined
  /**
   * The most requests that a shard has in flight. Requests to endpoints slower than 1 s have a separate limit of the same size.
   * From 1 to 65535 requests.
   * @default 1024
   */
  max_in_flight?: number | string | undefined
  /**
   * Whether a shard leaves its core to the host for about 70 µs in every 0.5 ms, where shards and host use all cores.
   * @default true
   */
  core_yield?: boolean | 'true' | 'false' | 0 | 1 | undefined
}

/** How many dead letters are kept, and for how long. */
export interface DeadLettersInput {
  /**
   * The share of the arena that dead letters may hold; beyond it the oldest is dropped.
   * From 0 to 1.
   * @default 0.25
   */
  arena_share?: number | string | undefined
}

/** Where batches wait. */
export interface QueueInput {
  /**
   * Where undelivered batches wait. `none` turns webhooks off, as in Sockudo. `QUEUE_DRIVER` overrides it.
   * @default "memory"
   */
  driver?: 'memory' | 'disk' | 'redis' | 'redis-cluster' | 'sqs' | 'none' | undefined
  /**
   * What to do while the store is down: `memory` keeps accepting events and holds them in memory, from where they are delivered unless
   * other processes deliver them; `refuse` refuses them.
   * @default "memory"
   */
  on_failure?: 'memory' | 'refuse' | undefined
  /**
   * Whether this process delivers from a queue that processes share. When not given, `signpost run` does and a host does not.
   * @default none
   */
  consume?: boolean | 'true' | 'false' | 0 | 1 | null | undefined
  /**
   * Not used in this version; the driver `disk` keeps undelivered batches across restarts.
   * @default none
   */
  spill_path?: string | null | undefined
  /** For the driver `disk`. */
  disk?: DiskQueueInput | undefined
  /** For the driver `redis`. */
  redis?: RedisQueueInput | undefined
  /** For the driver `redis-cluster`. */
  redis_cluster?: RedisClusterQueueInput | undefined
  /** For the driver `sqs`. */
  sqs?: SqsQueueInput | undefined
  /** Options of Sockudo's queue, which Signpost ignores. */
  nats?: Readonly<Record<string, unknown>> | null | undefined
  /** Options of Sockudo's queue, which Signpost ignores. */
  pulsar?: Readonly<Record<string, unknown>> | null | undefined
  /** Options of Sockudo's queue, which Signpost ignores. */
  rabbitmq?: Readonly<Record<string, unknown>> | null | undefined
  /** Options of Sockudo's queue, which Signpost ignores. */
  google_pubsub?: Readonly<Record<string, unknown>> | null | undefined
  /** Options of Sockudo's queue, which Signpost ignores. */
  kafka?: Readonly<Record<string, unknown>> | null | undefined
  /** Options of Sockudo's queue, which Signpost ignores. */
  iggy?: Readonly<Record<string, unknown>> | null | undefined
  /** Options of Sockudo's queue, which Signpost ignores. */
  sns?: Readonly<Record<string, unknown>> | null | undefined
  /** Options of Sockudo's queue, which Signpost ignores. */
  reliability?: Readonly<Record<string, unknown>> | null | undefined
}

/** For the driver `disk`. */
export interface DiskQueueInput {
  /**
   * The folder of the journal.
   * @default "./signpost-queue"
   */
  path?: string | undefined
  /**
   * The most disk space that the journal may take up.
   * From 1048576 to 1125899906842624 bytes.
   * @default 4294967296
   */
  max_bytes?: number | string | undefined
  /**
   * The most batches that may be stored.
   * From 1 to 1000000000 batches.
   * @default 4000000
   */
  max_jobs?: number | string | undefined
  /**
   * What stored batches survive: a power cut, or only the death of the process.
   * @default "power"
   */
  sync?: 'power' | 'process' | undefined
  /**
   * How old a batch must be before it is stored; one that is delivered sooner never is.
   * From 0 to 60000 ms.
   * @default 0
   */
  after_ms?: number | string | undefined
  /**
   * How long batches of a webhook that is gone are kept before they become dead letters.
   * From 0 to 31536000000 ms.
   * @default 86400000
   */
  orphan_grace_ms?: number | string | undefined
  /** How many dead letters are kept, and for how long. */
  dead_letters?: StoredDeadLettersInput | undefined
}

/** How many dead letters the store keeps, and for how long. */
export interface StoredDeadLettersInput {
  /**
   * The most that dead letters may take up; beyond it the oldest is dropped.
   * From 0 to 1125899906842624 bytes.
   * @default 1073741824
   */
  max_bytes?: number | string | undefined
  /**
   * How long a dead letter is kept.
   * From 0 to 315360000000 ms.
   * @default 1209600000
   */
  max_age_ms?: number | string | undefined
}

/** For the driver `redis`. */
export interface RedisQueueInput {
  /**
   * The most outstanding reads from the store. It never limits deliveries.
   * From 1 to 1024 reads.
   * @default 5
   */
  concurrency?: number | string | undefined
  /**
   * What the keys of the queue start with.
   * @default "sockudo_queue:"
   */
  prefix?: string | undefined
  /**
   * Which processes deliver: the one that accepted the events, or those that consume the queue.
   * @default "here"
   */
  deliver?: 'here' | 'consumers' | undefined
  /**
   * The number of lanes that consumers share. The first process that uses the queue decides it.
   * From 1 to 1024 streams.
   * @default 16
   */
  lanes?: number | string | undefined
  /**
   * How many replicas must have a batch before it counts as stored.
   * From 0 to 16 replicas.
   * @default 0
   */
  wait_replicas?: number | string | undefined
  /**
   * The most bytes that one process may store; with `deliver: "consumers"`, the most per lane.
   * From 1048576 to 1125899906842624 bytes.
   * @default 1073741824
   */
  max_bytes?: number | string | undefined
  /** How many dead letters are kept, and for how long. */
  dead_letters?: StoredDeadLettersInput | undefined
  /** The Redis server, if it is not that of `database.redis`. `REDIS_URL` overrides it. */
  url_override?: string | null | undefined
  /**
   * How long an answer may take; 0 sets no limit.
   * From 0 to 600000 ms.
   * @default 5000
   */
  response_timeout_ms?: number | string | undefined
  /** Other keys are Sockudo's own. */
  [key: string]: unknown
}

/** For the driver `redis-cluster`. */
export interface RedisClusterQueueInput {
  /**
   * The most outstanding reads from the store. It never limits deliveries.
   * From 1 to 1024 reads.
   * @default 5
   */
  concurrency?: number | string | undefined
  /**
   * What the keys of the queue start with.
   * @default "sockudo_queue:"
   */
  prefix?: string | undefined
  /**
   * Which processes deliver: the one that accepted the events, or those that consume the queue.
   * @default "here"
   */
  deliver?: 'here' | 'consumers' | undefined
  /**
   * The number of lanes that consumers share. The first process that uses the queue decides it.
   * From 1 to 1024 streams.
   * @default 16
   */
  lanes?: number | string | undefined
  /**
   * How many replicas must have a batch before it counts as stored.
   * From 0 to 16 replicas.
   * @default 0
   */
  wait_replicas?: number | string | undefined
  /**
   * The most bytes that one process may store; with `deliver: "consumers"`, the most per lane.
   * From 1048576 to 1125899906842624 bytes.
   * @default 1073741824
   */
  max_bytes?: number | string | undefined
  /** How many dead letters are kept, and for how long. */
  dead_letters?: StoredDeadLettersInput | undefined
  /**
   * Nodes through which the cluster is found, with their credentials. `REDIS_CLUSTER_NODES` overrides it.
   * @default ["redis://127.0.0.1:6379"]
   */
  nodes?: readonly string[] | undefined
  /**
   * How long an answer may take; 0 sets no limit.
   * From 0 to 600000 ms.
   * @default 5000
   */
  request_timeout_ms?: number | string | undefined
  /** Other keys are Sockudo's own. */
  [key: string]: unknown
}

/** For the driver `sqs`. */
export interface SqsQueueInput {
  /**
   * AWS region.
   * @default "us-east-1"
   */
  region?: string | undefined
  /**
   * What the URL of the queue starts with, before `signpost`; when not given, SQS is asked for the URL.
   * @default none
   */
  queue_url_prefix?: string | null | undefined
  /**
   * How long a received message is hidden from others, at first and with each renewal; at least 2.
   * From 0 to 43200 s.
   * @default 30
   */
  visibility_timeout?: number | string | undefined
  /**
   * URL of an SQS service other than that of AWS, such as LocalStack.
   * @default none
   */
  endpoint_url?: string | null | undefined
  /**
   * The most messages per answer.
   * From 1 to 10 messages.
   * @default 10
   */
  max_messages?: number | string | undefined
  /**
   * How long a request waits for messages. `close()` waits for it too, 5 s at most.
   * From 0 to 20 s.
   * @default 5
   */
  wait_time_seconds?: number | string | undefined
  /**
   * The most outstanding requests for messages. It never limits deliveries.
   * From 1 to 1024 requests.
   * @default 5
   */
  concurrency?: number | string | undefined
  /**
   * Whether the queue is a FIFO queue, which keeps the order of each endpoint; a standard queue keeps no order.
   * @default false
   */
  fifo?: boolean | 'true' | 'false' | 0 | 1 | undefined
  /**
   * Sockudo's group for all messages, which Signpost ignores: each of its endpoints is a group.
   * @default none
   */
  message_group_id?: string | null | undefined
  /** Other keys are Sockudo's own. */
  [key: string]: unknown
}

/** Where the apps come from. */
export interface AppManagerInput {
  /**
   * Where the apps come from. `APP_MANAGER_DRIVER` overrides it.
   * @default "memory"
   */
  driver?: 'memory' | 'mysql' | 'pgsql' | 'dynamodb' | undefined
  /** Apps in the file; each replaces an app of the database with the same id. */
  array?: AppArrayInput | null | undefined
  /**
   * How often the database is polled for changes; 0 for never. When not given, `cache.ttl` applies, otherwise 5 s.
   * From 0 to 86400000 ms.
   * @default none
   */
  poll_interval_ms?: number | string | null | undefined
  /**
   * What to do when the database cannot be reached at the start: fail, or start without its apps and keep trying.
   * @default "fail"
   */
  on_unavailable?: 'fail' | 'start' | undefined
  /**
   * Whether more than half of the apps may disappear at once without a second check.
   * @default false
   */
  allow_mass_deletion?: boolean | 'true' | 'false' | 0 | 1 | undefined
  /** Sockudo's cache of the apps. */
  cache?: AppCacheInput | null | undefined
  /** Other keys are Sockudo's own. */
  [key: string]: unknown
}

/** Apps in the file; each replaces an app of the database with the same id. */
export interface AppArrayInput {
  /** The apps. */
  apps?: readonly AppInput[] | null | undefined
  /** Other keys are Sockudo's own. */
  [key: string]: unknown
}

/** Sockudo's cache of the apps. */
export interface AppCacheInput {
  /** A setting of Sockudo's that Signpost ignores. */
  enabled?: boolean | 'true' | 'false' | 0 | 1 | null | undefined
  /**
   * How often the database is polled for changes while `poll_interval_ms` is not given; 0 for never. `CACHE_TTL_SECONDS` overrides it.
   * From 0 to 31536000 s.
   * @default none
   */
  ttl?: number | string | null | undefined
  /** Other keys are Sockudo's own. */
  [key: string]: unknown
}

/** Servers that the queue and the app manager use. */
export interface DatabaseInput {
  /** The Redis server of the queue driver `redis`. */
  redis?: RedisServerInput | undefined
  /** For the app manager `mysql`. */
  mysql?: MysqlInput | undefined
  /** For the app manager `pgsql`. */
  postgres?: PostgresInput | undefined
  /** For the app manager `dynamodb`. */
  dynamodb?: DynamoDbInput | undefined
  /** A setting of Sockudo's that Signpost ignores. */
  surrealdb?: Readonly<Record<string, unknown>> | null | undefined
  /** A setting of Sockudo's that Signpost ignores. */
  scylladb?: Readonly<Record<string, unknown>> | null | undefined
  /** Other keys are Sockudo's own. */
  [key: string]: unknown
}

/** The Redis server of the queue driver `redis`. */
export interface RedisServerInput {
  /**
   * Host; it may start with `redis://` or `rediss://`.
   * @default "127.0.0.1"
   */
  host?: string | undefined
  /**
   * Port.
   * From 1 to 65535.
   * @default 6379
   */
  port?: number | string | undefined
  /**
   * Database number.
   * From 0 to 65535.
   * @default 0
   */
  db?: number | string | undefined
  /**
   * User name.
   * @default none
   */
  username?: string | null | undefined
  /**
   * Password.
   * @default none
   */
  password?: string | null | undefined
  /**
   * Sentinels through which the server is found.
   * @default []
   */
  sentinels?: readonly RedisSentinelInput[] | undefined
  /**
   * What the sentinels call the server.
   * @default "mymaster"
   */
  name?: string | undefined
  /**
   * User name for the sentinels.
   * @default none
   */
  sentinel_username?: string | null | undefined
  /**
   * Password for the sentinels.
   * @default none
   */
  sentinel_password?: string | null | undefined
  /** TLS to the sentinels. */
  sentinel_tls?: ServerTlsInput | undefined
  /** TLS to the server, or to the nodes of the cluster. */
  master_tls?: ServerTlsInput | undefined
  /** Other keys are Sockudo's own. */
  [key: string]: unknown
}

/** A sentinel that the Redis server is found by. */
export interface RedisSentinelInput {
  /**
   * Host.
   * @default "localhost"
   */
  host?: string | undefined
  /**
   * Port.
   * From 1 to 65535.
   * @default 26379
   */
  port?: number | string | undefined
  /** Other keys are Sockudo's own. */
  [key: string]: unknown
}

/** TLS to a server. */
export interface ServerTlsInput {
  /**
   * Whether to connect with TLS.
   * @default false
   */
  enabled?: boolean | 'true' | 'false' | 0 | 1 | undefined
  /**
   * Whether to accept any certificate of the server, even an invalid one.
   * @default false
   */
  accept_invalid_certs?: boolean | 'true' | 'false' | 0 | 1 | undefined
  /**
   * PEM file of the certificate authorities to trust.
   * @default none
   */
  ca_path?: string | null | undefined
  /**
   * PEM file of the client certificate.
   * @default none
   */
  client_cert_path?: string | null | undefined
  /**
   * PEM file of its key.
   * @default none
   */
  client_key_path?: string | null | undefined
  /** Other keys are Sockudo's own. */
  [key: string]: unknown
}

/** For the app manager `mysql`. */
export interface MysqlInput {
  /**
   * Host of MySQL.
   * @default "localhost"
   */
  host?: string | undefined
  /**
   * Port of MySQL; Sockudo's default is the same for both databases.
   * From 1 to 65535.
   * @default 3306
   */
  port?: number | string | undefined
  /**
   * User name.
   * @default "root"
   */
  username?: string | undefined
  /**
   * Password.
   * @default ""
   */
  password?: string | undefined
  /**
   * Name of the database.
   * @default "sockudo"
   */
  database?: string | undefined
  /**
   * The table that holds the apps.
   * @default "applications"
   */
  table_name?: string | undefined
  /**
   * The most connections while `database_pooling.enabled` is false.
   * From 1 to 10000 connections.
   * @default 10
   */
  connection_pool_size?: number | string | undefined
  /**
   * The fewest connections; overrides `database_pooling.min`.
   * From 0 to 10000 connections.
   * @default none
   */
  pool_min?: number | string | null | undefined
  /**
   * The most connections; overrides `database_pooling.max`.
   * From 1 to 10000 connections.
   * @default none
   */
  pool_max?: number | string | null | undefined
  /** TLS to MySQL. Sockudo has no such option. */
  tls?: ServerTlsInput | undefined
  /** Other keys are Sockudo's own. */
  [key: string]: unknown
}

/** For the app manager `pgsql`. */
export interface PostgresInput {
  /**
   * Host of PostgreSQL.
   * @default "localhost"
   */
  host?: string | undefined
  /**
   * Port of PostgreSQL; Sockudo's default is the same for both databases.
   * From 1 to 65535.
   * @default 3306
   */
  port?: number | string | undefined
  /**
   * User name.
   * @default "root"
   */
  username?: string | undefined
  /**
   * Password.
   * @default ""
   */
  password?: string | undefined
  /**
   * Name of the database.
   * @default "sockudo"
   */
  database?: string | undefined
  /**
   * The table that holds the apps.
   * @default "applications"
   */
  table_name?: string | undefined
  /**
   * The most connections while `database_pooling.enabled` is false.
   * From 1 to 10000 connections.
   * @default 10
   */
  connection_pool_size?: number | string | undefined
  /**
   * The fewest connections; overrides `database_pooling.min`.
   * From 0 to 10000 connections.
   * @default none
   */
  pool_min?: number | string | null | undefined
  /**
   * The most connections; overrides `database_pooling.max`.
   * From 1 to 10000 connections.
   * @default none
   */
  pool_max?: number | string | null | undefined
  /** TLS to PostgreSQL. Sockudo has no such option. */
  tls?: ServerTlsInput | undefined
  /** Other keys are Sockudo's own. */
  [key: string]: unknown
}

/** For the app manager `dynamodb`. */
export interface DynamoDbInput {
  /**
   * AWS region.
   * @default "us-east-1"
   */
  region?: string | undefined
  /**
   * The table that holds the apps.
   * @default "sockudo-applications"
   */
  table_name?: string | undefined
  /**
   * URL of a DynamoDB service other than that of AWS.
   * @default none
   */
  endpoint_url?: string | null | undefined
  /**
   * When not given, the AWS SDK finds the credentials.
   * @default none
   */
  aws_access_key_id?: string | null | undefined
  /**
   * Belongs to `aws_access_key_id`.
   * @default none
   */
  aws_secret_access_key?: string | null | undefined
  /**
   * The name of a profile in the AWS configuration.
   * @default none
   */
  aws_profile_name?: string | null | undefined
  /** Other keys are Sockudo's own. */
  [key: string]: unknown
}

/** Connections to the app manager's database. */
export interface DatabasePoolingInput {
  /**
   * Whether `min` and `max` apply; if false, `connection_pool_size` does.
   * @default true
   */
  enabled?: boolean | 'true' | 'false' | 0 | 1 | undefined
  /**
   * The fewest connections.
   * From 0 to 10000 connections.
   * @default 2
   */
  min?: number | string | undefined
  /**
   * The most connections.
   * From 1 to 10000 connections.
   * @default 10
   */
  max?: number | string | undefined
  /** Other keys are Sockudo's own. */
  [key: string]: unknown
}

/** A customer of the server: its credentials, and where its events go. */
export interface AppInput {
  /** Unique among the apps. */
  id: string
  /** Sent with every request, as `X-Pusher-Key`. */
  key: string
  /** Signs the requests. */
  secret: string
  /**
   * Whether the app's events are accepted.
   * @default true
   */
  enabled?: boolean | 'true' | 'false' | 0 | 1 | undefined
  /** Where the events of the app go. */
  webhooks?: readonly WebhookInput[] | null | undefined
  /** Sockudo's policy for the app. Signpost reads only its `webhooks`, which replace those of the app. */
  policy?: AppPolicyInput | null | undefined
  /** The secret that signs Standard Webhooks: `whsec_` and base64. When not given, it is derived from `secret`. */
  standard_webhooks_secret?: string | null | undefined
  /** Previous secrets, which also sign Standard Webhooks until they expire. */
  previous_secrets?: readonly PreviousSecretInput[] | null | undefined
  /** Other keys are Sockudo's own. */
  [key: string]: unknown
}

/** Sockudo's policy for the app. Signpost reads only its `webhooks`, which replace those of the app. */
export interface AppPolicyInput {
  /** The same as `webhooks`, in the place where Sockudo 5 has it. */
  webhooks?: readonly WebhookInput[] | null | undefined
  /** Other keys are Sockudo's own. */
  [key: string]: unknown
}

/** A former secret of an app. */
export interface PreviousSecretInput {
  /** The previous secret. */
  secret: string
  /** When it stops signing: an ISO date, or Unix time in ms. */
  expires_at: number | string | Date
}

/** One receiver of one app, and the events that it gets. */
export interface WebhookInput {
  /**
   * Names the webhook in events, statistics and dead letters. When not given, it is derived from its target: the URL without query and
   * credentials, or the function.
   */
  id?: string | null | undefined
  /**
   * Whether anything is sent to the webhook.
   * @default true
   */
  enabled?: boolean | 'true' | 'false' | 0 | 1 | undefined
  /** The HTTP or HTTPS URL that gets the requests. Give exactly one of this, `lambda` and `lambda_function`. */
  url?: string | null | undefined
  /** Additional headers. They may replace `User-Agent`, but not the key, signature and content headers. */
  headers?: Readonly<Record<string, string>> | null | undefined
  /** The AWS Lambda function that is invoked instead of a URL. */
  lambda?: LambdaInput | null | undefined
  /** A short form of `lambda`: only the name of the function. */
  lambda_function?: string | null | undefined
  /** The names of the events that the webhook gets. */
  event_types: readonly EventName[]
  /** The channels whose events the webhook gets. All conditions that are given must hold. */
  filter?: FilterInput | null | undefined
  /** Certificates for TLS with the receiver. */
  tls?: WebhookTlsInput | null | undefined
  /**
   * How long a whole request may take, including connecting.
   * From 1 to 600000 ms.
   * When not given, `webhooks.request_timeout_ms` applies.
   */
  request_timeout_ms?: number | string | null | undefined
  /**
   * The most requests in flight to one endpoint; 1 keeps strict order.
   * From 1 to 1024 requests.
   * When not given, `webhooks.concurrency` applies.
   */
  concurrency?: number | string | null | undefined
  /**
   * Limits the requests to one endpoint; batches grow while they wait.
   * When not given, `webhooks.rate_limit` applies.
   */
  rate_limit?: RateLimitInput | null | undefined
  /**
   * How requests are signed.
   * When not given, `webhooks.signature` applies.
   */
  signature?: readonly ('pusher' | 'standard-webhooks')[] | null | undefined
  /**
   * URL of an HTTP proxy, with credentials if it needs them. `egress` applies to it.
   * When not given, `webhooks.proxy` applies.
   */
  proxy?: string | null | undefined
  /**
   * The address that connections are made from.
   * When not given, `webhooks.local_address` applies.
   */
  local_address?: string | null | undefined
  /**
   * Offers HTTP/2 to receivers over TLS (ALPN).
   * When not given, `webhooks.http2` applies.
   */
  http2?: boolean | 'true' | 'false' | 0 | 1 | null | undefined
  /**
   * Overrides `webhooks.retry`, key by key.
   * When not given, `webhooks.retry` applies.
   */
  retry?: WebhookRetryInput | null | undefined
  /**
   * Overrides `webhooks.circuit_breaker`, key by key.
   * When not given, `webhooks.circuit_breaker` applies.
   */
  circuit_breaker?: WebhookCircuitBreakerInput | null | undefined
}

/** The AWS Lambda function that is invoked instead of a URL. */
export interface LambdaInput {
  /** Name or ARN of the function. */
  function_name: string
  /**
   * `Event` queues the invocation; `RequestResponse` waits for its result.
   * @default "Event"
   */
  invocation_type?: 'Event' | 'RequestResponse' | null | undefined
  /** Version or alias of the function. */
  qualifier?: string | null | undefined
  /** AWS region; when not given, that of the function's ARN, otherwise the one that the AWS SDK finds. */
  region?: string | null | undefined
  /** URL of a Lambda service other than that of AWS, such as LocalStack. */
  endpoint_url?: string | null | undefined
}

/** Certificates for TLS with the receiver. */
export interface WebhookTlsInput {
  /** Path of a PEM file with the certificate authorities to trust for the receiver. */
  ca?: string | null | undefined
  /** Path of a PEM file with the client certificate (mutual TLS). */
  cert?: string | null | undefined
  /** Path of a PEM file with the key of the client certificate. */
  key?: string | null | undefined
}

/** Overrides `webhooks.retry`, key by key. */
export interface WebhookRetryInput {
  /**
   * Whether failed deliveries are retried, with exponential backoff and full jitter.
   * When not given, `webhooks.retry.enabled` applies.
   */
  enabled?: boolean | 'true' | 'false' | 0 | 1 | null | undefined
  /**
   * The most attempts, including the first.
   * From 1 to 1000.
   * When not given, `webhooks.retry.max_attempts` applies.
   */
  max_attempts?: number | string | null | undefined
  /**
   * How long after its first attempt a batch may still be retried.
   * From 0 to 604800000 ms.
   * When not given, `webhooks.retry.max_elapsed_time_ms` applies.
   */
  max_elapsed_time_ms?: number | string | null | undefined
  /**
   * The longest wait before the second attempt; it doubles with each further one.
   * From 1 to 3600000 ms.
   * When not given, `webhooks.retry.initial_backoff_ms` applies.
   */
  initial_backoff_ms?: number | string | null | undefined
  /**
   * The longest wait between two attempts.
   * From 1 to 86400000 ms.
   * When not given, `webhooks.retry.max_backoff_ms` applies.
   */
  max_backoff_ms?: number | string | null | undefined
}

/** Overrides `webhooks.circuit_breaker`, key by key. */
export interface WebhookCircuitBreakerInput {
  /**
   * Whether to stop sending to an endpoint that fails too often, until a probe succeeds.
   * When not given, `webhooks.circuit_breaker.enabled` applies.
   */
  enabled?: boolean | 'true' | 'false' | 0 | 1 | null | undefined
  /**
   * Results older than this no longer count.
   * From 1 to 3600000 ms.
   * When not given, `webhooks.circuit_breaker.window_ms` applies.
   */
  window_ms?: number | string | null | undefined
  /**
   * How many results must be in the window before the breaker can open.
   * From 1 to 100000.
   * When not given, `webhooks.circuit_breaker.min_requests` applies.
   */
  min_requests?: number | string | null | undefined
  /**
   * The share of failures in the window that opens the breaker.
   * Above 0, at most 1.
   * When not given, `webhooks.circuit_breaker.failure_rate` applies.
   */
  failure_rate?: number | string | null | undefined
  /**
   * How long the breaker stays open before the first probe; it doubles after every failed probe.
   * From 1 to 3600000 ms.
   * When not given, `webhooks.circuit_breaker.open_ms` applies.
   */
  open_ms?: number | string | null | undefined
  /**
   * The longest wait before a probe.
   * From 1 to 86400000 ms.
   * When not given, `webhooks.circuit_breaker.max_open_ms` applies.
   */
  max_open_ms?: number | string | null | undefined
}

/** Which channels a webhook gets events of. All that is given must hold. */
export interface FilterInput {
  /** Only channels of this type, by the prefix of their names. */
  channel_type?: 'public' | 'private' | 'private-encrypted' | 'presence' | 'cache' | null | undefined
  /** Only channels whose name starts with this. */
  channel_prefix?: string | null | undefined
  /** Only channels whose name ends with this. */
  channel_suffix?: string | null | undefined
  /** Only channels in whose name this regular expression finds a match. It is read as Rust's regex crate reads it. */
  channel_pattern?: string | null | undefined
  /** Only channels of this namespace: the part of the name before the first colon, without the prefix of its type (`private-`, …). */
  channel_namespace?: string | null | undefined
  /** Only channels of one of these namespaces. */
  channel_namespaces?: readonly string[] | null | undefined
  /** Pusher's name for `channel_prefix`. */
  channel_name_starts_with?: string | null | undefined
  /** Pusher's name for `channel_suffix`. */
  channel_name_ends_with?: string | null | undefined
}
