import { SignpostError } from './signpost-error.js'
import { givenUpText } from './time/retry-in-time.js'

export { SignpostError } from './signpost-error.js'

/** `app(id)` was asked for an app that is not configured. Code `UNKNOWN_APP`. */
export class UnknownAppError extends SignpostError {
  override name = 'UnknownAppError'

  constructor(
    /** The id that was asked for. */
    readonly appId: string,
  ) {
    super(
      'UNKNOWN_APP',
      `no app has the id ${JSON.stringify(appId)}; add it with dispatcher.apps.set() or to the configuration, or look it up in the app manager's database with dispatcher.apps.load()`,
    )
  }
}

/** The dispatcher was used after `close()`. Code `CLOSED`. */
export class ClosedError extends SignpostError {
  override name = 'ClosedError'

  constructor() {
    super('CLOSED', 'the dispatcher is closed; create a new one with createDispatcher()')
  }
}

/** A shard's thread died too often: its apps are refused until a later try succeeds. The other shards go on. Code `SHARD_DOWN`. */
export class ShardDownError extends SignpostError {
  override name = 'ShardDownError'

  /** @param options the last death as `cause` */
  constructor(
    /** The number of the shard, from 0. */
    readonly shard: number,
    /** When the shard is tried again, in ms from the time of the error. */
    readonly retryInMs: number,
    options?: ErrorOptions,
  ) {
    super(
      'SHARD_DOWN',
      `shard ${shard} died too often and is down; the next restart is in ${Math.ceil(retryInMs / 1000)} s. Until then events of its apps are refused, and changes to its apps wait`,
      options,
    )
  }
}

/** A shard did not answer a call in time. Code `CONTROL_TIMEOUT`. */
export class ControlTimeoutError extends SignpostError {
  override name = 'ControlTimeoutError'

  constructor(
    /** The number of the shard, from 0. */
    readonly shard: number,
    /** How long it was waited for, in ms. */
    readonly timeoutMs: number,
  ) {
    super(
      'CONTROL_TIMEOUT',
      `shard ${shard} did not answer within ${timeoutMs} ms; a requested change keeps its place among the events and takes effect when the shard reaches it`,
    )
  }
}

/** Dead letters of shards that are down cannot be replayed or purged; those of all other shards have been. Code `DEAD_LETTERS_UNAVAILABLE`. */
export class DeadLettersUnavailableError extends SignpostError {
  override name = 'DeadLettersUnavailableError'

  constructor(
    /** The shards that are down. */
    readonly shards: readonly number[],
    /** Batches of the other shards, for which it has been done. */
    readonly count: number,
  ) {
    super(
      'DEAD_LETTERS_UNAVAILABLE',
      `done for ${count} dead letters, but not for those of shard ${shards.join(', ')}, which is down; try again once it is back`,
    )
  }
}

/** Something that the configuration needs is not there, such as an app manager's driver. Code `PREFLIGHT_FAILED`. */
export class PreflightError extends SignpostError {
  override name = 'PreflightError'

  constructor(
    /** What is missing, each with its place in the configuration and what to do. */
    readonly problems: readonly { readonly path: string; readonly message: string }[],
  ) {
    super(
      'PREFLIGHT_FAILED',
      ['the configuration cannot be used:', ...problems.map(({ message }) => `  ${message}`)].join('\n'),
    )
  }
}

/**
 * The app manager's database cannot be read. Codes: `APP_MANAGER_UNAVAILABLE` when it does not answer now, `APP_MANAGER_TABLE` when its
 * table is not there or not as it must be, `APP_MANAGER_UNUSABLE` when waiting does not help either: credentials, rights, certificates.
 */
export class AppManagerError extends SignpostError {
  override name = 'AppManagerError'
  readonly #what: string

  /** @param options the driver's error as `cause` */
  constructor(
    code: 'APP_MANAGER_UNAVAILABLE' | 'APP_MANAGER_TABLE' | 'APP_MANAGER_UNUSABLE',
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, `app_manager: ${message}`, options)
    this.#what = message
  }

  /** What it becomes when trying again has not helped. @param tries how often it was tried @param ms for how long @internal */
  givenUp(tries: number, ms: number): AppManagerError {
    const message = `${this.#what} ${givenUpText(tries, ms)}`
    return new AppManagerError('APP_MANAGER_UNAVAILABLE', message, { cause: this.cause })
  }
}

/** The file that the worker threads load is not there: usually the program is a bundle without it. Code `WORKER_MISSING`. */
export class WorkerMissingError extends SignpostError {
  override name = 'WorkerMissingError'

  constructor(
    /** Where the file was looked for. */
    readonly path: string,
  ) {
    super(
      'WORKER_MISSING',
      `the file ${JSON.stringify(path)}, which Signpost's threads load, does not exist; put a copy of node_modules/signpost/dist/worker.js beside your bundle, or pass its URL to createDispatcher(config, { workerUrl })`,
    )
  }
}

const CODES_OF_QUEUES: ReadonlySet<string> = new Set(['QUEUE_PATH_UNUSABLE', 'JOURNAL_FORMAT'])

/** The durable queue cannot be used where it is configured. Code `QUEUE_UNUSABLE`, or one that says more. */
export class QueueUnusableError extends SignpostError {
  override name = 'QueueUnusableError'

  /** @param code that of the driver's error, or an empty text */
  constructor(code: string, message: string) {
    super(CODES_OF_QUEUES.has(code) ? code : 'QUEUE_UNUSABLE', `the queue cannot be used: ${message}`)
  }
}

/** `persisted()` was called with a queue that stores nothing. Code `QUEUE_NOT_DURABLE`. */
export class QueueNotDurableError extends SignpostError {
  override name = 'QueueNotDurableError'

  constructor(
    /** `queue.driver` of the configuration. */
    readonly driver: string,
  ) {
    super(
      'QUEUE_NOT_DURABLE',
      `queue.driver ${JSON.stringify(driver)} stores nothing, so nothing can be persisted; use "disk"`,
    )
  }
}

/** The folder of the disk queue cannot be used: it is not a folder, not writable, or on a network file system. Code `QUEUE_PATH_UNUSABLE`. */
export class QueuePathError extends SignpostError {
  override name = 'QueuePathError'

  /** @param options the system's error as `cause` */
  constructor(
    /** Absolute. */
    readonly path: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super('QUEUE_PATH_UNUSABLE', `queue.disk.path ${JSON.stringify(path)} ${problem}`, options)
  }
}
