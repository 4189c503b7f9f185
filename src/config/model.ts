/**
 * The configuration as the rest of Signpost sees it: validated, defaults filled in, numbers as numbers, units in the
 * names. It is plain data, so that it can be handed to a worker thread by structured clone.
 */

export type PayloadFormat = 'envelope' | 'bare'
/** A way in which requests are signed. */
export type SignatureName = 'pusher' | 'standard-webhooks'
export type EgressPolicy = 'no-metadata' | 'public-only'
export type OnFull = 'refuse' | 'drop-oldest'
/** `none`: webhooks are off, and `Config.enabled` is false. */
export type QueueDriverName = 'memory' | 'disk' | 'redis' | 'redis-cluster' | 'sqs' | 'none'
export type AppManagerDriverName = 'memory' | 'mysql' | 'pgsql' | 'dynamodb'
export type ChannelType = 'public' | 'private' | 'private-encrypted' | 'presence' | 'cache'

export interface Config {
  /** false: every app handle refuses its events with the cause `disabled`. */
  readonly enabled: boolean
  readonly batching: BatchingConfig
  readonly payloadFormat: PayloadFormat
  /** How long a leave waits for its return, in ms; 0 turns the suppression off. */
  readonly flapWindowMs: number
  readonly egress: EgressConfig
  readonly dispatcher: DispatcherConfig
  readonly queue: QueueConfig
  readonly deadLetters: DeadLettersConfig
  /** What a webhook gets that does not say otherwise. Already merged into every `EndpointConfig`. */
  readonly defaults: EndpointDefaults
  readonly appManager: AppManagerConfig
  readonly database: DatabaseConfig
  /** Those that the configuration itself lists. */
  readonly apps: readonly AppConfig[]
}

export interface BatchingConfig {
  readonly enabled: boolean
  /** The longest that the first event of a batch waits for others, in ms. */
  readonly durationMs: number
  /** The most events in a batch. */
  readonly maxEvents: number
  /** The largest body of a request, in bytes. */
  readonly maxBytes: number
}

export interface EgressConfig {
  readonly policy: EgressPolicy
  /** CIDRs that the policy lets through all the same. */
  readonly allow: readonly string[]
}

export interface DispatcherConfig {
  /** Worker threads, one shard each. */
  readonly shards: number
  /** Size of a shard's ring, in bytes; a power of two. */
  readonly ringBytes: number
  /** Size of a shard's arena, in bytes. */
  readonly arenaBytes: number
  readonly onFull: OnFull
  /** The share of what is still free in the arena that one endpoint may hold (dynamic threshold), 0 to 1. */
  readonly endpointShare: number
  /** Requests of a shard at once; those of slow endpoints count apart, in as many again. */
  readonly maxInFlight: number
  /** Whether a shard leaves its core to the host now and then where there are no more cores than busy threads. */
  readonly coreYield: boolean
}

export interface DeadLettersConfig {
  /** The share of the arena that dead letters may hold, 0 to 1; past it the oldest goes. */
  readonly arenaShare: number
}

export interface QueueConfig {
  readonly driver: QueueDriverName
  /** When the store is down: go on from memory, or refuse events. */
  readonly onFailure: 'memory' | 'refuse'
  /** Whether this process delivers what is in a queue that processes share; null: not given. */
  readonly consume: boolean | null
  /** With `memory`: the file for what is left at `close()`; null: none. */
  readonly spillPath: string | null
  readonly disk: DiskQueueConfig
  readonly redis: RedisQueueConfig
  readonly redisCluster: RedisClusterQueueConfig
  readonly sqs: SqsQueueConfig
}

export interface DiskQueueConfig {
  readonly path: string
  readonly maxBytes: number
  readonly maxJobs: number
  /** What a stored batch survives. */
  readonly sync: 'power' | 'process'
  /** How old a batch is before it is stored, in ms. */
  readonly afterMs: number
  /** How long batches of a webhook that is gone are kept, in ms. */
  readonly orphanGraceMs: number
  readonly deadLetters: { readonly maxBytes: number; readonly maxAgeMs: number }
}

interface RedisQueueShared {
  /** Reads from the store that are outstanding at once. */
  readonly concurrency: number
  readonly prefix: string
  readonly deliver: 'here' | 'consumers'
  readonly lanes: number
  readonly waitReplicas: number
  /** Of bodies, for each process. */
  readonly maxBytes: number
  readonly deadLetters: { readonly maxBytes: number; readonly maxAgeMs: number }
}

export interface RedisQueueConfig extends RedisQueueShared {
  /** Wins over `database.redis`, sentinels included; null: not given. */
  readonly urlOverride: string | null
  /** In ms; 0: without limit. */
  readonly responseTimeoutMs: number
}

export interface RedisClusterQueueConfig extends RedisQueueShared {
  /** URLs with their credentials. */
  readonly nodes: readonly string[]
  /** In ms; 0: without limit. */
  readonly requestTimeoutMs: number
}

export interface SqsQueueConfig {
  readonly region: string
  readonly queueUrlPrefix: string | null
  readonly visibilityTimeoutSeconds: number
  readonly endpointUrl: string | null
  readonly maxMessages: number
  readonly waitTimeSeconds: number
  readonly concurrency: number
  readonly fifo: boolean
  readonly messageGroupId: string | null
}

export interface AppManagerConfig {
  readonly driver: AppManagerDriverName
  /** In ms; 0: the database is not polled. */
  readonly pollIntervalMs: number
  /** Where `pollIntervalMs` came from. */
  readonly pollIntervalFrom: 'poll_interval_ms' | 'cache.ttl' | 'default'
  readonly onUnavailable: 'fail' | 'start'
  readonly allowMassDeletion: boolean
}

export interface DatabaseConfig {
  readonly redis: RedisServerConfig
  readonly mysql: SqlDatabaseConfig
  readonly postgres: SqlDatabaseConfig
  readonly dynamodb: DynamoDbConfig
}

export interface RedisServerConfig {
  /** May start with `redis://` or `rediss://`. */
  readonly host: string
  readonly port: number
  readonly db: number
  readonly username: string | null
  readonly password: string | null
  readonly sentinels: readonly { readonly host: string; readonly port: number }[]
  /** What the sentinels call the server. */
  readonly name: string
  readonly sentinelUsername: string | null
  readonly sentinelPassword: string | null
  readonly sentinelTls: RedisTlsConfig
  /** To the server, and to the nodes of a cluster. */
  readonly masterTls: RedisTlsConfig
}

export interface RedisTlsConfig {
  readonly enabled: boolean
  readonly acceptInvalidCerts: boolean
  readonly caPath: string | null
  readonly clientCertPath: string | null
  readonly clientKeyPath: string | null
}

export interface SqlDatabaseConfig {
  readonly host: string
  readonly port: number
  readonly username: string
  readonly password: string
  readonly database: string
  readonly tableName: string
  readonly poolMin: number
  readonly poolMax: number
  readonly tls: RedisTlsConfig
}

export interface DynamoDbConfig {
  readonly region: string
  readonly tableName: string
  readonly endpointUrl: string | null
  /** Both or neither; null: the AWS SDK's own choice. */
  readonly accessKeyId: string | null
  readonly secretAccessKey: string | null
  readonly profileName: string | null
}

export interface RetryConfig {
  readonly enabled: boolean
  /** The most attempts, the first included; null: only the elapsed time bounds them. */
  readonly maxAttempts: number | null
  /** How long after its first attempt a batch may still be tried, in ms. */
  readonly maxElapsedMs: number
  readonly initialBackoffMs: number
  readonly maxBackoffMs: number
}

export interface CircuitBreakerConfig {
  readonly enabled: boolean
  /** Results older than this, in ms, no longer count. */
  readonly windowMs: number
  /** The fewest results in the window that can open the circuit. */
  readonly minRequests: number
  /** The share of failures in the window that opens it, 0 to 1. */
  readonly failureRate: number
  /** How long it stays open before the first probe, in ms; doubled after every failed probe. */
  readonly openMs: number
  readonly maxOpenMs: number
}

export interface RateLimitConfig {
  readonly requests: number
  readonly perMs: number
}

export interface TlsConfig {
  /** Paths of PEM files; null: not given. */
  readonly ca: string | null
  readonly cert: string | null
  readonly key: string | null
}

/** The settings that a webhook may override. */
export interface EndpointDefaults {
  /** The whole request, connect included, in ms. */
  readonly requestTimeoutMs: number
  readonly retry: RetryConfig
  readonly circuitBreaker: CircuitBreakerConfig
  /** Requests in flight at once; 1 is strict order. */
  readonly concurrency: number
  readonly rateLimit: RateLimitConfig | null
  readonly signatures: readonly SignatureName[]
  /** URL of an HTTP proxy; null: none. */
  readonly proxy: string | null
  /** The address that connections are made from; null: the system's choice. */
  readonly localAddress: string | null
  /** Offer HTTP/2 to receivers by ALPN. */
  readonly http2: boolean
}

export interface AppConfig {
  readonly id: string
  readonly key: string
  readonly secret: string
  readonly enabled: boolean
  /** Former secrets that also sign (Standard Webhooks) until their time is up. */
  readonly previousSecrets: readonly PreviousSecret[]
  /** The Standard Webhooks secret, `whsec_` and base64; null: derived from `secret`. */
  readonly standardWebhooksSecret: string | null
  readonly webhooks: readonly EndpointConfig[]
}

export interface PreviousSecret {
  readonly secret: string
  /** Unix time in ms after which it no longer signs. */
  readonly expiresAtMs: number
}

export interface EndpointConfig extends EndpointDefaults {
  /** Unique within the app: given, or derived from the target (see `endpoint-id.ts`). */
  readonly id: string
  readonly target: HttpTarget | LambdaTarget
  /** At least one. */
  readonly eventTypes: readonly string[]
  readonly filter: FilterConfig | null
  readonly tls: TlsConfig | null
}

export interface HttpTarget {
  readonly kind: 'http'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export interface LambdaTarget {
  readonly kind: 'lambda'
  readonly functionName: string
  readonly invocationType: 'Event' | 'RequestResponse'
  readonly qualifier: string | null
  readonly region: string | null
  readonly endpointUrl: string | null
}

/** All that is given must hold; null: not given. */
export interface FilterConfig {
  readonly channelType: ChannelType | null
  readonly channelPrefix: string | null
  readonly channelSuffix: string | null
  /** A regular expression in RE2 syntax, unanchored. */
  readonly channelPattern: string | null
  readonly channelNamespaces: readonly string[] | null
}
