import type { ConfigInput, Environment } from '../config/index.js'
import type { StoreRecovery } from '../queue/job-store.js'
import type { EmitEvent } from '../router/event-intake.js'
import type { Stats } from '../stats/snapshot.js'
import type { AppHandle } from './app-handle.js'
import type { Apps } from './apps.js'
import type { DeadLetterBox } from './dead-letters.js'
import type { DispatcherEvents, DispatcherListener, Logger } from './events.js'
import type { Config } from './loaded-config.js'
import type { Undelivered } from './undelivered.js'

/** How `createDispatcher` works, beside the configuration. */
export interface DispatcherOptions {
  /** Gets the start line, warnings, restarts, circuits and the like; nothing per event. Silent by default. */
  readonly logger?: Logger | undefined
  /**
   * Variables of the environment, for `${NAME}` and to win over the configuration. For a file `process.env` unless given; a
   * configuration that is given in code is taken as it is unless they are given.
   */
  readonly environment?: Environment | undefined
  /**
   * Path or `file:` URL of a copy of Signpost's `dist/worker.js`, which the worker threads load. A bundle needs it where that file is
   * not beside the bundle.
   */
  readonly workerUrl?: string | URL | undefined
  /**
   * Whether it delivers what is in a queue that processes share (`deliver: "consumers"`), or only adds to it. `queue.consume` of the
   * configuration wins over it; false by default.
   */
  readonly consume?: boolean | undefined
}

/** How `close` works. */
export interface CloseOptions {
  /** How long to wait for what is on its way, in ms; 10,000 by default, Infinity waits for as long as it takes. */
  readonly timeout?: number | undefined
}

/** How `flush` waits. */
export interface FlushOptions {
  /** How long to wait, in ms; Infinity by default. */
  readonly timeout?: number | undefined
  /** Ends the wait when it aborts. */
  readonly signal?: AbortSignal | undefined
}

/** How `persisted` waits. */
export interface PersistedOptions {
  /** Ends the wait when it aborts. */
  readonly signal?: AbortSignal | undefined
}

/** What `reload` has done. */
export interface Reloaded {
  /** How many apps were added or changed. */
  readonly set: number
  /** How many apps were removed. */
  readonly deleted: number
}

/**
 * Signs events and POSTs them to the webhooks of their apps. `createDispatcher` creates one that delivers on worker threads, and
 * `createTestDispatcher` of `signpost/testing` one that only records.
 *
 * It has no private members, so that any object with these members is a `Dispatcher` to the compiler. The class itself is there to name
 * a dispatcher where a value is needed, as in NestJS: `{ provide: Dispatcher, useFactory: () => createDispatcher(config) }`.
 */
export abstract class Dispatcher implements AsyncDisposable {
  /** Adds, changes, removes and shows apps while events flow. */
  abstract readonly apps: Apps
  /** The batches that were given up and kept. */
  abstract readonly deadLetters: DeadLetterBox
  /** What this start took over from the durable queue; all 0 where `queue.driver` is `memory`. */
  abstract readonly recovery: StoreRecovery
  /** Whether the apps of an app manager in a database have been read once; always true where `app_manager.driver` is `memory`. */
  abstract readonly isReady: boolean

  /**
   * Gets a handle to an app. It is cheap to keep and good for as long as the dispatcher.
   * @throws UnknownAppError when no app has this id
   */
  abstract app(id: string): AppHandle

  /**
   * Emits an event by the app's id. Never throws and never waits.
   * @returns true when it was accepted or no webhook subscribes to it; false when it was refused, for an unknown app too
   */
  abstract emit(appId: string, event: EmitEvent): boolean

  /**
   * Waits until every event accepted before the call is delivered or a dead letter, and its outcome has been reported.
   * @returns what is still undelivered when the timeout ends; `{ events: 0, endpoints: [] }` when all has settled before
   * @throws ClosedError after `close()`
   * @throws ShardDownError when the thread of a shard died too often
   * @throws SignpostError with the code `INVALID_DURATION` for a timeout that is not one
   * @throws the reason of the signal when it aborts
   */
  abstract flush(options?: FlushOptions): Promise<Undelivered>

  /**
   * Waits until every event accepted before the call is stored, delivered or a dead letter, so that it outlives the process. It also
   * waits for events that `webhooks.flap_window_ms` holds back, and for as long as the store is down.
   * @throws QueueNotDurableError where `queue.driver` is `memory`
   * @throws ClosedError after `close()`
   * @throws ShardDownError when the thread of a shard died too often
   * @throws the reason of the signal when it aborts
   */
  abstract persisted(options?: PersistedOptions): Promise<void>

  /**
   * Accepts no more events, delivers what it can within the timeout and ends all threads. Another call returns the same promise's result.
   * @returns what was accepted and is neither delivered nor a dead letter
   * @throws SignpostError with the code `INVALID_DURATION` for a timeout that is not one: then nothing has happened
   */
  abstract close(options?: CloseOptions): Promise<Undelivered>

  /** Closes the dispatcher with the default timeout, for `await using`. */
  abstract [Symbol.asyncDispose](): Promise<void>

  /**
   * Applies what another configuration says of the apps, in order with the events around it. New and changed apps are set, and those
   * that it does not have are deleted, except for those of a database. Everything else in it takes effect at the next start.
   * @param source the same as for `createDispatcher`
   * @returns how many apps were set and deleted
   * @throws ConfigError, ConfigFileError for a configuration that is wrong: then nothing has changed
   * @throws ClosedError after `close()`
   * @throws ShardDownError, ControlTimeoutError as `apps.set` does: the change keeps its place and takes effect later
   */
  abstract reload(source: ConfigInput | Config | string | URL): Promise<Reloaded>

  /** Everything that is counted, at this moment. Reads shared memory and waits for nothing. */
  abstract stats(): Stats

  /** The same figures in Prometheus' text format. */
  abstract metrics(): Promise<string>

  /**
   * Calls the listener whenever this is reported. Every listener is called, whatever another one throws; what a listener throws becomes
   * an uncaught exception.
   * @returns the dispatcher
   */
  abstract on<Name extends keyof DispatcherEvents>(name: Name, listener: DispatcherListener<Name>): this

  /**
   * Calls the listener the next time that this is reported.
   * @returns the dispatcher
   */
  abstract once<Name extends keyof DispatcherEvents>(name: Name, listener: DispatcherListener<Name>): this

  /**
   * Removes a listener of `on` or `once`.
   * @returns the dispatcher
   */
  abstract off<Name extends keyof DispatcherEvents>(name: Name, listener: DispatcherListener<Name>): this

  /** The same as `off`, which `events.once(dispatcher, name)` calls. */
  abstract removeListener<Name extends keyof DispatcherEvents>(name: Name, listener: DispatcherListener<Name>): this

  /** How many listeners this has. */
  abstract listenerCount(name: keyof DispatcherEvents): number

  /** A summary for logs, without configuration and secrets. */
  abstract toJSON(): { readonly shards: number; readonly apps: number; readonly closed: boolean }
}
