/** Every error that Signpost throws or rejects with. `code` is stable; the message says what to do. */
export class SignpostError extends Error {
  /** Stable identifier, for programs. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** `app(id)` was asked for an app that is not configured. */
export class UnknownAppError extends SignpostError {
  constructor(readonly appId: string) {
    super(
      'UNKNOWN_APP',
      `no app has the id ${JSON.stringify(appId)}; add it with dispatcher.apps.set() or to the configuration`,
    )
  }
}

/** An event that cannot be encoded: the host's mistake, never a matter of load. */
export class InvalidEventError extends SignpostError {
  constructor(message: string, options?: ErrorOptions) {
    super('INVALID_EVENT', message, options)
  }
}

/** The dispatcher was used after `close()`. */
export class ClosedError extends SignpostError {
  constructor() {
    super('CLOSED', 'the dispatcher is closed; create a new one with createDispatcher()')
  }
}

/** A shard's thread died too often and is not started again; the other shards go on. */
export class ShardDownError extends SignpostError {
  /** @param options the last death as `cause` */
  constructor(
    readonly shard: number,
    options?: ErrorOptions,
  ) {
    super(
      'SHARD_DOWN',
      `shard ${shard} died too often and is not restarted; its apps are refused until the process restarts`,
      options,
    )
  }
}

/** Dead letters of shards that are down cannot be replayed or purged; those of all other shards have been. */
export class DeadLettersUnavailableError extends SignpostError {
  constructor(
    /** The shards that are down. */
    readonly shards: readonly number[],
    /** Batches of the other shards, for which it has been done. */
    readonly count: number,
  ) {
    super(
      'DEAD_LETTERS_UNAVAILABLE',
      `done for ${count} dead letters, but not for those of shard ${shards.join(', ')}, which is down; restart the process to reach them`,
    )
  }
}

/** `queue.driver` names a driver that this version does not have. */
export class UnsupportedQueueError extends SignpostError {
  constructor(readonly driver: string) {
    super('UNSUPPORTED_QUEUE', `queue.driver ${JSON.stringify(driver)} is not available in this version; use "memory"`)
  }
}
