import type { Job, JobHead, JobState, JobTarget, Pause } from './job.js'

/** What became of a stored job. */
export type JobChange =
  /** Delivered, dropped by configuration, split into other jobs, or a dead letter that was purged. Final: the id never comes back. */
  | { readonly kind: 'done'; readonly id: Uint8Array }
  /** Given up: a dead letter from now on. */
  | { readonly kind: 'dead'; readonly id: Uint8Array; readonly death: Death }
  /** Tried, and to be tried again. */
  | { readonly kind: 'state'; readonly id: Uint8Array; readonly state: JobState }
  /** No longer held: `take` may return it again. */
  | { readonly kind: 'release'; readonly id: Uint8Array }

export interface Death {
  /** The life that ended. A replay that is stored already has a higher one, and wins. */
  readonly life: number
  readonly attempts: number
  /** The receiver's last status, or 0 for none. */
  readonly status: number
  readonly cause: string
  /** At most 512 bytes of UTF-8. */
  readonly error: string
  /** Unix ms. */
  readonly diedAt: number
}

/** What is stored together. The jobs come before the changes, which may be about them. */
export interface Group {
  readonly jobs: readonly Job[]
  readonly changes: readonly JobChange[]
}

/** The jobs of one endpoint that nobody holds. */
export interface Backlog {
  readonly target: JobTarget
  readonly jobs: number
  readonly bytes: number
}

/**
 * Where jobs outlive the process. It lives in the storage thread; nobody else calls it. Every call may be repeated.
 * A job is either held (a shard has it in its arena, or was given its head) or parked.
 */
export interface JobStore {
  /**
   * Stores the group. When the promise is resolved, it outlives the process, or the machine, as the driver says.
   * Idempotent by job id: a job that is stored already, dead or alive, is not stored twice, and a change of a job that is not stored
   * changes nothing. New jobs are held.
   * @throws StoreFullError, StoreDownError. The group may have been stored or not: the same group comes again.
   */
  commit(group: Group): Promise<void>
  /** Finds out, by writing, whether it can be written again, after a commit has failed or found no room. @throws StoreFullError, StoreDownError */
  probe(): Promise<void>
  /** Whether more than a little is free, as far as the store itself knows: else one that was full would be full again at once, and so on. */
  hasRoomAgain(): boolean
  /** Holds the job if it is stored and no dead letter, unless it is handed over: what is delivered then is taken. @returns whether it is */
  claim(id: Uint8Array): boolean
  /** The endpoints that have parked jobs. */
  backlogs(): Iterable<Backlog>
  /** Holds up to `limit` parked jobs of the endpoint, lowest `seq` first, parts of one batch in their order. @returns their heads, in that order */
  take(target: JobTarget, limit: number): Promise<readonly JobHead[]>
  /** Copies the body of a held job, whose head says how long it is. A damaged one becomes a dead letter of cause `damaged`. */
  read(id: Uint8Array, into: Uint8Array): Promise<'read' | 'damaged' | 'gone'>
  /** Ends all use of the store. Nothing else is called after it. */
  close(): Promise<void>
}

/** Which dead letters are meant. Fields that are given must all match; none: all of them. */
export interface LetterSelection {
  readonly ids?: readonly Uint8Array[]
  readonly app?: string
  readonly endpoint?: string
}

export interface LetterQuery extends LetterSelection {
  readonly limit: number
  /** Where the page before ended (`Letter.position`), or null for the first page. */
  readonly after: number | null
}

/** A stored dead letter. */
export interface Letter {
  readonly head: JobHead
  readonly death: Death
  readonly body: Uint8Array
  /** Rises from letter to letter in the order of their deaths. */
  readonly position: number
}

/** The dead letters of a store. */
export interface LetterStore {
  /** The oldest first. */
  list(query: LetterQuery): Promise<readonly Letter[]>
  /** Makes the selected letters parked jobs, under the same ids, behind all others of their endpoints. @returns what was added to each endpoint's backlog */
  replay(selection: LetterSelection): Promise<readonly Backlog[]>
  /** Removes the selected letters for good. @returns how many */
  purge(selection: LetterSelection): Promise<number>
}

/** Figures of a store, for `stats()`. */
export interface StoreFigures {
  /** Jobs that are neither done nor dead, and bytes of their bodies. */
  readonly jobs: number
  readonly bytes: number
  readonly letters: number
  readonly letterBytes: number
  /** Bytes that the store takes on its medium. */
  readonly storedBytes: number
  /** Dead letters that went to make room for others, or by age. */
  readonly lettersEvicted: number
  /** Records that could not be read and were skipped. */
  readonly skipped: number
}

/** What a start found in the store. */
export interface StoreRecovery {
  /** Batches that are to be delivered. */
  readonly jobs: number
  /** Events in those batches. */
  readonly events: number
  /** Dead letters, in batches. */
  readonly deadLetters: number
  /** Records that could not be read and were skipped. */
  readonly damaged: number
}

/** What was taken over of stores that nobody owns any more. */
export interface TakenOver {
  /** The endpoints that have parked jobs for it. */
  readonly targets: readonly JobTarget[]
  readonly jobs: number
  readonly letters: number
  /** What people should know, and were not told before. */
  readonly problems: readonly string[]
}

/** What is in a store no longer though nobody has settled it. */
export interface StoreLoss {
  /** `lost`: the server has lost data. `taken-over`: another process has it, because this one was taken for dead. */
  readonly reason: 'lost' | 'taken-over'
  /** Parked jobs, which were in the store alone. */
  readonly parked: number
}

/** What happens to a store that several processes share, without a call. */
export interface StoreListener {
  /** There are parked jobs that no call has parked. */
  parked(): void
  /** Held jobs may have to be stored again: those that `claim` does not find. */
  lost(loss: StoreLoss): void
  /** Something failed that is no call of the storage thread's, and is tried again; or cannot be read. */
  failed?(message: string): void
}

/** `forget`: the store has them. `store-again`: it has lost them. */
export type DropHow = 'forget' | 'store-again'

/** The arenas of this process, as a store sees them that has jobs of many processes. */
export interface JobHolder {
  /** There are parked jobs of these endpoints. */
  parked(targets: readonly JobTarget[]): void
  /**
   * Has the arenas drop all jobs of these endpoints that came from the store, or store them again. Resolves when none is in an arena, no
   * attempt is under way, and what became of them is stored, as far as the store can be had.
   * @param isMeant null: all endpoints, also those that this thread has not heard of
   */
  drop(isMeant: ((target: JobTarget) => boolean) | null, how: DropHow): Promise<void>
  /** Jobs are this process's no longer. */
  lost(loss: StoreLoss): void
  /** Attempts begin until this monotonic time, in ms, and no later. */
  mayAttemptUntil(ms: number): void
}

/** What a store has beside the calls of a `JobStore` when batches are handed over to it, and come back to whichever process consumes. */
export interface HandedOver {
  /** Begins to receive jobs, where this process does that. Called once, before anything is taken. */
  serve(holder: JobHolder): void
  /** Gives back all that was received, and receives no more. May be called again. */
  stop(): Promise<void>
  /** For how long the endpoint is to be left alone, or null. */
  pauseOf(target: JobTarget): Pause | null
  /** The endpoint is to be left alone for some time. Stored with the next group. */
  pause(target: JobTarget, pause: Pause): void
}

/** A driver's store, open. */
export interface OpenStore {
  readonly jobs: JobStore
  readonly letters: LetterStore
  readonly recovery: StoreRecovery
  /** Every `seq` from this on is higher than any in the store. */
  readonly firstSeq: number
  figures(): StoreFigures
  /** Commits are so many ms apart, unless somebody waits for one or a lot has come together. What settles meanwhile is never written. 5 by default. */
  readonly commitEveryMs?: number
  /** Higher than every `seq` that the store has now: replays and takeovers bring new ones. */
  nextSeq?(): number
  /** Which of several stores it is, so that another thread of this process opens the same; absent where there is only one. */
  readonly place?: number
  /**
   * Moves jobs and letters into this store that are in others, of processes which no longer run. Called again and again.
   * @param isEnding asked now and then: when it says so, the rest stays where it is
   */
  takeOver?(isEnding: () => boolean): Promise<TakenOver>
  /** Says who hears of what other processes and the server do. Only stores that are shared have it. */
  listen?(listener: StoreListener): void
  /** Absent where the process that accepts a batch delivers it. */
  readonly handedOver?: HandedOver
}
