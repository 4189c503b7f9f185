import type { MessagePort } from 'node:worker_threads'
import type { SlabId } from '../arena/arena-memory.js'
import type { ArenaShape } from '../arena/layout.js'
import type { HeadBlock } from '../hand-over/head-block.js'
import type { AppIndex, EndpointNumber } from '../indexes.js'
import type { JobHead, JobTarget, Pause } from '../queue/job.js'
import type {
  Backlog,
  Death,
  DropHow,
  Letter,
  LetterQuery,
  LetterSelection,
  StoreLoss,
  StoreRecovery,
  TakenOver,
} from '../queue/job-store.js'
import type { RedisStoreOptions } from '../queue/redis/options.js'
import type { SqsStoreOptions } from '../queue/sqs/options.js'

/** Everything that crosses between the storage thread and the others, save the entries of the hand-over. */

/** What a shard sends the storage thread. */
export type StorageCall =
  /** Rings: there is something in the hand-over. */
  | null
  /** What the number of an endpoint means. Sent before the first batch of the endpoint is handed over. */
  | { readonly kind: 'target'; readonly endpoint: EndpointNumber; readonly app: AppIndex; readonly target: JobTarget }
  /** Asks for parked jobs of the endpoint, the lowest `seq` first. */
  | { readonly kind: 'take'; readonly endpoint: EndpointNumber; readonly limit: number }
  /** Asks for the bodies of jobs that were taken: each goes to a claimed slab that has its head, and that nothing else happens to. */
  | { readonly kind: 'load'; readonly slabs: readonly SlabId[] }
  /** Gives up a job that was taken and never loaded. */
  | { readonly kind: 'bury'; readonly id: Uint8Array; readonly death: Death }
  /** Parks jobs again that were taken and never loaded. */
  | { readonly kind: 'put-back'; readonly ids: readonly Uint8Array[] }
  /** The endpoint is to be left alone for some time, whoever has it then. */
  | { readonly kind: 'pause'; readonly endpoint: EndpointNumber; readonly pause: Pause }
  /** What `drop` asked for has been done. */
  | { readonly kind: 'dropped'; readonly ticket: number }
  /** These endpoints are not here, or not yet. */
  | { readonly kind: 'unplaced'; readonly endpoints: readonly EndpointNumber[] }

/** An endpoint with parked jobs: the index of its app, and its number. */
export interface BehindEndpoint {
  readonly app: AppIndex
  readonly endpoint: EndpointNumber
}

/** A dead letter of the store, with its endpoint's number. */
export interface StoredLetter {
  readonly endpoint: EndpointNumber
  readonly head: JobHead
  readonly body: Uint8Array
}

export type LoadOutcome = 'read' | 'damaged' | 'gone' | 'failed'

/** What the storage thread sends a shard. */
export type StorageReport =
  /** Something was stored, or the health of the store has changed. */
  | { readonly kind: 'stored' }
  /** See `take`. `hasMore` says whether others are still parked. */
  | {
      readonly kind: 'taken'
      readonly endpoint: EndpointNumber
      readonly heads: HeadBlock
      readonly hasMore: boolean
      /** For how long the endpoint is to be left alone, or null. */
      readonly pause: Pause | null
    }
  /** There are parked jobs of these endpoints. */
  | { readonly kind: 'behind'; readonly endpoints: readonly BehindEndpoint[] }
  /** The jobs of these endpoints that came from the store are dropped, or stored again. See `JobHolder`. */
  | {
      readonly kind: 'drop'
      readonly ticket: number
      /** null: all. */
      readonly endpoints: readonly EndpointNumber[] | null
      readonly how: DropHow
    }
  /** What `load` asked for, in its order. */
  | { readonly kind: 'loaded'; readonly slabs: readonly SlabId[]; readonly outcomes: readonly LoadOutcome[] }

/** A shard's memory, and the port to its thread. */
export interface ShardMemoryForStorage {
  readonly shard: number
  readonly arena: SharedArrayBuffer
  readonly shape: ArenaShape
  readonly handOver: SharedArrayBuffer
}

export interface DiskStoreSettings {
  readonly driver: 'disk'
  readonly path: string
  readonly maxBytes: number
  readonly maxJobs: number
  readonly sync: 'power' | 'process'
  readonly letters: { readonly maxBytes: number; readonly maxAgeMs: number }
  /** See `OpenStore`. */
  readonly place?: number
}

export interface RedisStoreSettings extends RedisStoreOptions {
  readonly driver: 'redis'
}

export interface SqsStoreSettings extends SqsStoreOptions {
  readonly driver: 'sqs'
}

export type StoreSettings = DiskStoreSettings | RedisStoreSettings | SqsStoreSettings

/** What the storage thread is started with. */
export interface StorageTask {
  readonly store: StoreSettings
  /** For how long opening a store that is down is tried again, in ms. */
  readonly openWithinMs: number
  /** Bytes at the end of a body that a slab's own length leaves out. */
  readonly suffixBytes: number
  readonly shards: readonly ShardMemoryForStorage[]
  /** How often what processes left that no longer run is looked for, in ms. */
  readonly takeOverEveryMs: number
  /** See `createStorageBlock`. */
  readonly counters: SharedArrayBuffer
  readonly port: MessagePort
}

/** What the storage thread tells the main thread. */
export type StorageNotice =
  | {
      readonly kind: 'opened'
      readonly recovery: StoreRecovery
      readonly warnings: readonly string[]
      /** See `OpenStore`. */
      readonly place: number | null
    }
  /** The store is down, and opening it is tried again. */
  | { readonly kind: 'not-yet-open'; readonly message: string }
  /** What other processes left is in this store now. */
  | ({ readonly kind: 'taken-over' } & TakenOver)
  /** The store could not be opened. The thread ends. */
  | { readonly kind: 'unusable'; readonly code: string; readonly message: string }
  | { readonly kind: 'down'; readonly message: string }
  /** Something stored could not be read; it will be asked for again. */
  | { readonly kind: 'unreadable'; readonly message: string }
  | { readonly kind: 'full' }
  | { readonly kind: 'up' }
  /** There are parked jobs that came from another process. */
  | { readonly kind: 'adopted' }
  /** There are parked jobs of these endpoints, and no shard has named them. */
  | { readonly kind: 'unplaced'; readonly targets: readonly JobTarget[] }
  /** The store has lost jobs. Those that are in memory are stored again. */
  | { readonly kind: 'lost'; readonly loss: StoreLoss }

/** What the storage thread sends the main thread: notices, and answers of `StorageControl`. */
export type StorageReply = { readonly notice: StorageNotice } | { readonly answer: unknown }

/** What the main thread sends the storage thread: the port to a new thread of a shard, and calls of `StorageControl`. */
export type StorageMessage = { readonly attach: number; readonly port: MessagePort } | { readonly call: unknown }

/** What the main thread asks of the storage thread. Every call may be made again. */
export interface StorageControl {
  /** Of the endpoints that the shard has named, those with parked jobs. */
  behind(shard: number): Promise<readonly BehindEndpoint[]>
  /** Jobs in the store, parked or not. */
  jobs(): Promise<number>
  /** The endpoints with parked jobs. */
  backlogs(): Promise<readonly Backlog[]>
  /** See `OpenStore`; 0 where the store does not say. */
  nextSeq(): Promise<number>
  listLetters(query: LetterQuery): Promise<readonly Letter[]>
  replayLetters(selection: LetterSelection): Promise<readonly Backlog[]>
  purgeLetters(selection: LetterSelection): Promise<number>
  /** Makes dead letters of all parked jobs of an endpoint. @returns how many */
  abandon(target: JobTarget, cause: string, error: string): Promise<number>
  /** Takes no more from a queue that several processes share, and gives back what it has taken, as `OpenStore.handedOver` says. */
  giveBack(): Promise<void>
  /** Stores what is handed over, as far as it can, and closes the store. The shards have ended. */
  close(): Promise<void>
}
