import type { Job, JobHead, JobState, JobTarget, Pause } from '../job.js'
import type { Death } from '../job-store.js'

/** A job that a queue has given to this process. A driver adds what it needs to find it again. */
export interface ReceivedJob {
  /** As it was received, with what has been said of it since. */
  head: JobHead
}

/** What a process says of jobs to the queue. */
export type QueueChange<Received extends ReceivedJob> =
  /** Delivered, dropped by configuration, or split into parts that have all settled. It never comes back. */
  | { readonly kind: 'done'; readonly job: Received }
  /** Given up: a dead letter from now on. */
  | { readonly kind: 'dead'; readonly job: Received; readonly death: Death }
  /** Tried, and to be tried again. It need not be kept: whoever gets the job next begins where it was otherwise. */
  | { readonly kind: 'state'; readonly job: Received; readonly state: JobState }
  /** A dead letter that was never received: a part of a batch, or a batch that was given up before it was stored. */
  | { readonly kind: 'letter'; readonly job: Job; readonly death: Death }
  /** The endpoint is to be left alone for some time. It need not be kept either. */
  | { readonly kind: 'pause'; readonly target: JobTarget; readonly pause: Pause }

export interface QueueFigures {
  /** Jobs in the whole queue that are neither done nor dead letters, and bytes of their bodies, as they were counted last. */
  readonly jobs: number
  readonly bytes: number
  readonly letters: number
  readonly letterBytes: number
  readonly storedBytes: number
  readonly lettersEvicted: number
  /** Entries that could not be read. */
  readonly skipped: number
}

/**
 * What a driver implements whose jobs belong to nobody until a process that consumes receives them: a process that accepts events stores
 * batches in it and forgets them. It lives in the storage thread. `HandedOverStore` makes an `OpenStore` of it.
 */
export interface HandedOverQueue<Received extends ReceivedJob> {
  /**
   * Stores jobs for whoever receives them. Durable when resolved. The jobs of one endpoint keep their order. A job that may have been
   * stored when this fails comes again, and may then be stored twice: under the same id.
   * @throws StoreFullError, StoreDownError
   */
  store(jobs: readonly Job[]): Promise<void>
  /** Repeatable. What is said of a job that is another process's by now changes nothing. @throws StoreDownError */
  change(changes: readonly QueueChange<Received>[]): Promise<void>
  /** See `JobStore`. */
  probe(): Promise<void>
  /** See `JobStore`. */
  hasRoomAgain(): boolean
  /** Copies the body of a received job. @returns `gone` when it is not in the queue any more. @throws StoreDownError */
  read(job: Received, into: Uint8Array): Promise<'read' | 'damaged' | 'gone'>
  /**
   * Begins to receive jobs. Called once, and not at all in a process that does not consume.
   * @returns what ends it: gives back all that was received, and receives no more
   */
  consume(consumer: Consumer<Received>): () => Promise<void>
  figures(): QueueFigures
  /** Ends all use. It consumes no more. */
  close(): Promise<void>
}

/** Where received jobs go. The driver calls it. */
export interface Consumer<Received extends ReceivedJob> {
  /** Received jobs that are not in an arena: a driver that holds their bodies receives no more while these are many. */
  readonly waiting: { readonly jobs: number; readonly bytes: number }
  /**
   * Takes jobs, those of one endpoint in the order in which they are to be delivered.
   * @returns those that it does not take, because it has a job of that id or had it lately: the driver removes them from the queue, or
   *   remembers the new entry as the job's
   */
  received(jobs: readonly Received[]): readonly Received[]
  /**
   * Drops all jobs of these endpoints. Resolves when none is in an arena, no attempt is under way, and what is known of them is stored:
   * another process may have them then.
   */
  giveBack(isMeant: (target: JobTarget) => boolean): Promise<void>
  /**
   * The jobs of these endpoints are not this process's any more. `lost`: they are not in the queue either, and those that are in an arena
   * are stored again. `taken-over`: another process has them. Resolves as `giveBack`.
   */
  lost(isMeant: (target: JobTarget) => boolean, reason: 'lost' | 'taken-over'): Promise<void>
  /** The endpoint is to be left alone for some time: another process said so. */
  paused(target: JobTarget, pause: Pause): void
  /** Attempts begin until this monotonic time, in ms (`monotonicNow`), and no later; Infinity: whenever they may. At first none may. */
  mayAttemptUntil(ms: number): void
}
