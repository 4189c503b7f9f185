import type { MessagePort } from 'node:worker_threads'
import type { ArenaShape } from '../arena/layout.js'
import type { AppConfig, EgressConfig, EndpointConfig, OnFull, PayloadFormat } from '../config/model.js'
import type { AppIndex, EndpointNumber } from '../indexes.js'
import type { BehindEndpoint, StoredLetter } from '../storage/messages.js'

/** Everything that crosses between the main thread and a shard, save events and counters. */

/** An endpoint with the number that stays its own for as long as the dispatcher lives. */
export interface PlacedEndpoint {
  readonly number: EndpointNumber
  readonly config: EndpointConfig
  /** false: it gets no new events, but what it still has is delivered. */
  readonly active: boolean
  /** The marker of the change that configured it so: notices about it say of which configuration they speak. */
  readonly generation: number
}

/** An app with the index that records carry. */
export interface PlacedApp {
  readonly index: AppIndex
  readonly config: AppConfig
  readonly endpoints: readonly PlacedEndpoint[]
  /** The app is no longer configured; it goes with the last of its endpoints. */
  readonly isRemoved: boolean
}

export interface ShardSettings {
  readonly version: string
  readonly maxEvents: number
  readonly maxBytes: number
  /** 0: batching is off, every event is a request. */
  readonly durationMs: number
  readonly payloadFormat: PayloadFormat
  readonly flapWindowMs: number
  readonly egress: EgressConfig
  readonly onFull: OnFull
  readonly endpointShare: number
  /** Requests at once; those of slow endpoints count apart. */
  readonly maxInFlight: number
  readonly deadLetterShare: number
  /** There are no more cores than threads of ours that may be busy, the host's included: the shard leaves room for the host. */
  readonly sharesCore: boolean
}

/** What a shard's thread is started with. */
export interface ShardTask {
  readonly shard: number
  readonly ring: SharedArrayBuffer
  readonly arena: SharedArrayBuffer
  readonly shape: ArenaShape
  readonly counters: SharedArrayBuffer
  /** See `createBoard`. */
  readonly board: SharedArrayBuffer
  /** Of the process; see `SharedSlot`. */
  readonly nameSlot: SharedArrayBuffer
  readonly settings: ShardSettings
  /** How many `DirectoryPart`s the thread must have before it takes over; they and the others follow. */
  readonly partsNeeded: number
  /** Numbers of the endpoints that answered 410. */
  readonly stopped: readonly EndpointNumber[]
  /** Changes whose markers are still in the ring. */
  readonly changes: readonly Change[]
  /** The last marker that was written before this thread: any up to it that no change belongs to is passed over. */
  readonly lastMarker: number
  /** Threads of this shard that died before this one. */
  readonly restarts: number
  /** The only way between the two threads beside shared memory: see `Signal` and `Report`. */
  readonly port: MessagePort
  /** null without a durable queue. */
  readonly queue: ShardQueue | null
}

/** A shard's part of a durable queue. */
export interface ShardQueue {
  /** See `hand-over/layout.ts`. */
  readonly handOver: SharedArrayBuffer
  /** To the storage thread. */
  readonly port: MessagePort
  /** The endpoints of which the store may have parked jobs. */
  readonly behind: readonly BehindEndpoint[]
  /** How old a batch is before it is stored, in ms. */
  readonly afterMs: number
  /** Whether batches are handed over to the store, for whichever process consumes. */
  readonly handsOver: boolean
}

/**
 * Apps, those first that a thread needs before it takes over: it finds something of theirs in the arena. Of the others nothing is
 * left there, and their events wait in the ring for them.
 */
export interface DirectoryPart {
  readonly apps: readonly PlacedApp[]
  readonly isLast: boolean
}

/** What the main thread sends a shard's thread; null: there is something in the ring. `storage`: the port to another storage thread. */
export type Signal = DirectoryPart | { readonly call: unknown } | { readonly storage: MessagePort } | null

/** What a shard's thread sends the main thread, in one order: what an answer implies has been reported before it. */
export type Report = readonly Notice[] | { readonly answer: unknown }

/** A change of the directory, in force from its marker on. */
export interface Change {
  readonly marker: number
  readonly app: PlacedApp
}

/** What the main thread asks of a shard. Every call may be made again after the shard's thread died. */
export interface ShardControl {
  /** Resolves when all changes are in force. */
  configure(changes: readonly Change[]): Promise<void>
  /** Resolves when every event before the marker is delivered or a dead letter. */
  flush(marker: number): Promise<void>
  /** Resolves when every event before the marker is stored, delivered or a dead letter. Only with a durable queue. */
  persist(marker: number): Promise<void>
  /**
   * The store may have parked jobs of these endpoints, which are all configured before the marker.
   * @param nextSeq batches that are sealed from now on have at least this `seq`
   */
  behind(marker: number, endpoints: readonly BehindEndpoint[], nextSeq: number): Promise<void>
  /** Ends the shard's task, however much is left. */
  stop(): Promise<void>
  /** @returns whether every dead letter that there was is in a store: a durable queue's, which can take them at present */
  storeDeadLetters(): Promise<boolean>
  listDeadLetters(query: DeadLetterQuery): Promise<ListedDeadLetter[]>
  /** @returns null when there is none with this delivery id */
  getDeadLetter(id: string): Promise<DeadLetter | null>
  /** @param split sends the events of each batch one by one. @returns how many batches it concerned */
  replayDeadLetters(selection: DeadLetterSelection, split: boolean): Promise<number>
  purgeDeadLetters(selection: DeadLetterSelection): Promise<number>
  /** Sends the events of these dead letters of the store one by one. @returns how many letters; others find no room now */
  splitStoredLetters(letters: readonly StoredLetter[]): Promise<number>
}

/** Which dead letters: by delivery id, or all of an app, of an endpoint, or all there are. */
export type DeadLetterSelection =
  | { readonly ids: readonly string[]; readonly app?: never; readonly endpoint?: never; readonly all?: never }
  | { readonly app: string; readonly endpoint?: string; readonly ids?: never; readonly all?: never }
  | { readonly all: true; readonly ids?: never; readonly app?: never; readonly endpoint?: never }

export interface DeadLetterPage {
  readonly limit: number
  /** Only those behind this `position`; null: from the oldest. */
  readonly after: number | null
}

export type DeadLetterQuery = DeadLetterSelection & DeadLetterPage

/** A batch that was given up. It holds no secret. */
export interface DeadLetterHead {
  /** The delivery id, which a replay keeps. */
  readonly id: string
  /** The app's id. */
  readonly app: string
  /** The webhook's id. */
  readonly endpoint: string
  /** Events in the body. */
  readonly events: number
  /** Requests that were made. */
  readonly attempts: number
  /** The receiver's last status; null: there was none. */
  readonly status: number | null
  /** Why it was given up, such as `rejected` or `retries-exhausted`. */
  readonly cause: string
  /** The last error, for people. */
  readonly error: string
  /** Unix times in ms; null: never. */
  readonly firstEventAt: number
  /** When the first request was made, Unix time in ms; null: none was. */
  readonly firstAttemptAt: number | null
  /** No two dead letters of a shard have the same: fractions of a ms tell them apart. */
  readonly diedAt: number
}

/** A dead letter with its body. */
export interface DeadLetter extends DeadLetterHead {
  /** The body of the request. */
  readonly body: string
}

/** A dead letter in a list, with its place in it. */
export interface ListedDeadLetter extends DeadLetterHead {
  /** Of the order in which they died: monotonic, in ms. */
  readonly position: number
}

/** What a new thread found of its predecessor. Counted in batches, but for `held`. */
export interface Recovery {
  /** Batches that were still being filled. */
  readonly open: number
  /** Batches that waited for their request. */
  readonly waiting: number
  /** Batches whose request was on its way: they are sent again. */
  readonly inFlight: number
  /** Dead letters. */
  readonly deadLetters: number
  /** Events that are held back for a return (`webhooks.flap_window_ms`). */
  readonly held: number
  /** Batches that are set aside because they are inconsistent. */
  readonly quarantined: number
}

/** Host events that cost something to report: only sent when somebody listens. The values are bits. */
export const Subscription = {
  delivered: 1,
  failed: 2,
  'dead-letter': 4,
} as const

export interface DeliveryReport {
  /** The delivery id. */
  readonly id: string
  /** The app's id. */
  readonly app: string
  /** The webhook's id. */
  readonly endpoint: string
  /** Events in the batch. */
  readonly events: number
  /** Requests that were made. */
  readonly attempts: number
}

/** A batch that its receiver has acknowledged. */
export interface DeliveredReport extends DeliveryReport {
  /** The receiver's answer. */
  readonly status: number
  /** From the first event's emit to the acknowledgement, in ms. */
  readonly latencyMs: number
}

/** A batch that was given up. */
export interface FailedReport extends DeliveryReport {
  /** Why it was given up, such as `rejected` or `retries-exhausted`. */
  readonly cause: string
  /** The receiver's last status; null: there was none. */
  readonly status: number | null
  /** The last error, for people. */
  readonly error: string
}

/** Batches that `dispatcher.on_full: drop-oldest` dropped to make room for newer ones of the same endpoint. */
export interface DroppedReport {
  /** The app's id. */
  readonly app: string
  /** The webhook's id. */
  readonly endpoint: string
  /** Events that were dropped. */
  readonly events: number
  /** Batches that were dropped. */
  readonly batches: number
}

/** An endpoint that gets no requests, or gets them again. */
export interface EndpointReport {
  /** The app's id. */
  readonly app: string
  /** The webhook's id. */
  readonly endpoint: string
  /** `failures`: the circuit breaker; `gone`: the receiver answered 410 and gets nothing more until it is configured again. */
  readonly reason: 'failures' | 'gone'
}

/** What a shard tells the main thread. */
export type Notice =
  /** This thread has begun to run the shard: from here on only it may write the shard's memory. */
  | { readonly kind: 'thread'; readonly threadId: number }
  | { readonly kind: 'started'; readonly recovery: Recovery }
  | { readonly kind: 'drain' }
  /** The app with this index has room again: endpoints that had used up their share, or what was set aside has been taken. */
  | { readonly kind: 'relief'; readonly app: AppIndex }
  /** An inactive endpoint has nothing left. */
  | { readonly kind: 'retired'; readonly app: AppIndex; readonly endpoint: EndpointNumber; readonly generation: number }
  /** The endpoint answered 410. */
  | { readonly kind: 'stopped'; readonly app: AppIndex; readonly endpoint: EndpointNumber; readonly generation: number }
  | { readonly kind: 'delivered'; readonly report: DeliveredReport }
  | { readonly kind: 'failed'; readonly report: FailedReport }
  | { readonly kind: 'dead-letter'; readonly report: FailedReport }
  | { readonly kind: 'dropped'; readonly report: DroppedReport }
  | {
      readonly kind: 'endpoint-open' | 'endpoint-closed'
      readonly number: EndpointNumber
      readonly report: EndpointReport
    }
  /** A batch in the arena is inconsistent: it is kept, counted and not delivered. */
  | {
      readonly kind: 'slab-quarantined'
      readonly app: AppIndex
      readonly endpoint: EndpointNumber
      readonly events: number
      readonly reason: string
    }
  | { readonly kind: 'actor-restart'; readonly app: AppIndex; readonly error: string; readonly quarantined: boolean }
