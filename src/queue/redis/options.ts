import type { RedisTlsConfig } from '../../config/model.js'

export interface RedisCredentials {
  readonly username: string | null
  readonly password: string | null
}

export interface RedisAddress {
  readonly host: string
  readonly port: number
}

/** Where Redis is, and how it is connected to. */
export type RedisServer =
  | {
      readonly kind: 'server'
      readonly address: RedisAddress
      readonly credentials: RedisCredentials
      readonly db: number
      readonly tls: RedisTlsConfig
    }
  | {
      readonly kind: 'sentinels'
      readonly sentinels: readonly RedisAddress[]
      /** What the sentinels call the server. */
      readonly name: string
      readonly sentinelCredentials: RedisCredentials
      readonly sentinelTls: RedisTlsConfig
      readonly credentials: RedisCredentials
      readonly db: number
      readonly tls: RedisTlsConfig
    }
  | {
      readonly kind: 'cluster'
      /** Nodes that the others are found by. */
      readonly nodes: readonly RedisAddress[]
      readonly credentials: RedisCredentials
      readonly tls: RedisTlsConfig
    }

export interface RedisStoreOptions {
  readonly server: RedisServer
  /** What all keys start with. */
  readonly prefix: string
  /** Names this process. Another storage thread of the process has the same, and so finds its lanes again. */
  readonly owner: string
  /** Bodies that are read at once. */
  readonly concurrency: number
  /** Replicas that must have a group before it counts as stored. */
  readonly waitReplicas: number
  /** How long an answer may take, in ms; 0 sets no limit. */
  readonly timeoutMs: number
  /** The most bytes of bodies in one lane. */
  readonly maxBytes: number
  readonly letters: { readonly maxBytes: number; readonly maxAgeMs: number }
  /** How long a lane belongs to its owner after the owner was last heard of, in ms. */
  readonly leaseMs: number
  /** Lanes that processes share, and whether this one consumes; null: each process has its own, and delivers what it stores. */
  readonly shared: { readonly lanes: number; readonly consumes: boolean } | null
}
