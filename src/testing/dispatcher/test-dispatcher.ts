import { inspect, isDeepStrictEqual } from 'node:util'
import { type AppConfig, ConfigError, type ConfigInput, type Loaded, parseApp, readConfig } from '../../config/index.js'
import { type AppHandle, EntryHandle } from '../../dispatcher/app-handle.js'
import { type AppSyncPort, type Apps, DispatcherApps } from '../../dispatcher/apps.js'
import type {
  CloseOptions,
  DispatcherOptions,
  FlushOptions,
  PersistedOptions,
  Reloaded,
} from '../../dispatcher/contract.js'
import { type DeadLetterBox, DispatcherDeadLetters } from '../../dispatcher/dead-letters.js'
import { isDurable, NOTHING_RECOVERED } from '../../dispatcher/durability.js'
import { DispatcherEmitter } from '../../dispatcher/emitter.js'
import { type DispatcherEvents, guarded, SILENT } from '../../dispatcher/events.js'
import { InvalidEvents } from '../../dispatcher/invalid-events.js'
import { Config, loadedFrom } from '../../dispatcher/loaded-config.js'
import type { Undelivered } from '../../dispatcher/undelivered.js'
import { ClosedError, QueueNotDurableError } from '../../errors.js'
import { Directory } from '../../router/directory.js'
import { type EmitEvent, EventIntake } from '../../router/event-intake.js'
import { createShardBlock } from '../../stats/layout.js'
import { prometheusText } from '../../stats/prometheus.js'
import { type ShardSource, type Stats, snapshot } from '../../stats/snapshot.js'
import { durationOf } from '../../time/duration.js'
import { type RecordedEvent, RecordingEmitter } from './recording-emitter.js'

const NOTHING_LEFT: Undelivered = { events: 0, endpoints: [] }
const NOTHING_CHANGED = { set: 0, deleted: 0 }

/**
 * A dispatcher for tests: it starts no thread and sends nothing, but records every event that it accepts. Events and configurations are
 * checked and counted as in production. Made by `createTestDispatcher`.
 */
export class TestDispatcher extends DispatcherEmitter {
  override readonly apps: Apps
  override readonly deadLetters: DeadLetterBox
  /** Nothing: there is no store. */
  override readonly recovery = NOTHING_RECOVERED
  override readonly isReady = true
  readonly #loaded: Loaded
  readonly #directory: Directory
  readonly #emitter: RecordingEmitter
  readonly #intake: EventIntake
  readonly #source: ShardSource
  #isClosed = false

  /** @internal */
  constructor(loaded: Loaded, { logger = SILENT }: Pick<DispatcherOptions, 'logger'>) {
    super()
    const { config } = loaded
    this.#loaded = loaded
    this.#directory = new Directory(config.apps, config.flapWindowMs > 0)
    this.#emitter = new RecordingEmitter(config.dispatcher.ringBytes, config.batching.maxBytes)
    if (!config.enabled) this.#emitter.disable()
    const report = (...args: DispatcherEvents['invalid']): void => this.notify('invalid', ...args)
    const invalid = new InvalidEvents(guarded(logger), report, () => performance.now())
    this.#intake = new EventIntake(this.#emitter, (app, field, expected, got) => {
      this.#emitter.count('refused_invalid')
      invalid.refused(app, field, expected, got)
    })
    this.#source = { host: this.#emitter.link.counters, shard: createShardBlock(), ringBacklogBytes: 0 }
    this.apps = new DispatcherApps(this.#directory, this.#noDatabase(), {
      parse: (app) => parseApp(app, config),
      put: async (app) => this.#put(app),
      delete: async (id) => this.#delete(id),
      isClosed: () => this.#isClosed,
    })
    this.deadLetters = new DispatcherDeadLetters([], null)
  }

  /** The events that were accepted, those that no webhook subscribes to included, in the order in which they were emitted. */
  get recorded(): readonly RecordedEvent[] {
    return this.#emitter.recorded
  }

  /** Forgets the recorded events. Statistics stay as they are. */
  clear(): void {
    this.#emitter.recorded.length = 0
  }

  /** Reports something to the listeners of `on`, such as `'drain'` or `'endpoint-open'`, as production does when it happens. */
  report<Name extends keyof DispatcherEvents>(name: Name, ...args: DispatcherEvents[Name]): void {
    this.notify(name, ...args)
  }

  override app(id: string): AppHandle {
    const parts = { find: (id: string) => this.#directory.find(id), emitter: this.#emitter, intake: this.#intake }
    return new EntryHandle(parts, this.#directory.get(id))
  }

  override emit(appId: string, event: EmitEvent): boolean {
    const entry = this.#directory.find(appId)
    if (entry !== undefined) return this.#intake.emit(entry, event)
    this.#emitter.count('refused_unknown_app')
    return false
  }

  override async flush({ timeout = Number.POSITIVE_INFINITY, signal }: FlushOptions = {}): Promise<Undelivered> {
    this.#refuseIfClosed()
    durationOf(timeout, 'timeout')
    signal?.throwIfAborted()
    return NOTHING_LEFT
  }

  override async persisted({ signal }: PersistedOptions = {}): Promise<void> {
    this.#refuseIfClosed()
    const { driver } = this.#loaded.config.queue
    if (!isDurable(driver)) throw new QueueNotDurableError(driver)
    signal?.throwIfAborted()
  }

  override async close({ timeout = 0 }: CloseOptions = {}): Promise<Undelivered> {
    durationOf(timeout, 'timeout')
    this.#isClosed = true
    this.#emitter.close()
    return NOTHING_LEFT
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  override async reload(source: ConfigInput | Config | string | URL): Promise<Reloaded> {
    this.#refuseIfClosed()
    const { config } = await loadedFrom(source, undefined)
    const wanted = new Set(config.apps.map(({ id }) => id))
    const gone = this.#directory.ids().filter((id) => !wanted.has(id))
    const changed = config.apps.filter((app) => !isDeepStrictEqual(this.#directory.find(app.id)?.config, app))
    for (const app of changed) this.#put(app)
    for (const id of gone) this.#delete(id)
    return { set: changed.length, deleted: gone.length }
  }

  override stats(): Stats {
    return snapshot([this.#source], this.#directory.size)
  }

  override async metrics(): Promise<string> {
    return prometheusText([this.#source], this.#directory.size, null)
  }

  override toJSON(): { readonly shards: number; readonly apps: number; readonly closed: boolean } {
    return { shards: 0, apps: this.#directory.size, closed: this.#isClosed }
  }

  [inspect.custom](): string {
    return `TestDispatcher ${inspect({ ...this.toJSON(), recorded: this.recorded.length })}`
  }

  protected override listenersChanged(): void {
    // Nothing else has to know who listens.
  }

  #refuseIfClosed(): void {
    if (this.#isClosed) throw new ClosedError()
  }

  #put(app: AppConfig): void {
    const entry = this.#directory.find(app.id)
    if (entry === undefined) this.#directory.add(app)
    else entry.configure(app)
  }

  #delete(id: string): boolean {
    const entry = this.#directory.find(id)
    entry?.remove()
    this.#directory.remove(id)
    return entry !== undefined
  }

  /** There is no database: the apps are those of the configuration and of `apps.set`. */
  #noDatabase(): AppSyncPort {
    const unchanged = async () => {
      this.#refuseIfClosed()
      return NOTHING_CHANGED
    }
    const nothing = () => undefined
    return { overlay: nothing, forget: nothing, owns: () => false, refresh: unchanged, refreshOne: unchanged }
  }
}

/**
 * Creates a dispatcher that only records, for the tests of code that emits events. Its types and its checks are those of
 * `createDispatcher`: emit methods return true for what production would accept, and an event that receivers would refuse is refused,
 * counted in `stats()` and reported as `'invalid'`. Nothing is delivered, no thread is started, and a database of apps is not read.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { createTestDispatcher } from 'signpost/testing'
 *
 * const dispatcher = createTestDispatcher({ apps: [{ id: 'chat', key: 'key', secret: 'secret' }] })
 * join(dispatcher, 'ann') // the code under test
 * assert.deepEqual(dispatcher.recorded, [
 *   { app: 'chat', name: 'member_added', channel: 'presence-lobby', user_id: 'ann' },
 * ])
 * ```
 *
 * @param config a configuration in code, or what `loadConfig` returned, as for a file; without one there is no app
 * @param options a logger, which gets refused events
 * @throws ConfigError with every problem that the configuration has
 */
export function createTestDispatcher(
  config: ConfigInput | Config = {},
  options: Pick<DispatcherOptions, 'logger'> = {},
): TestDispatcher {
  return new TestDispatcher(config instanceof Config ? Config.loadedOf(config) : loadedNow(config), options)
}

function loadedNow(config: ConfigInput): Loaded {
  const { loaded, problems } = readConfig(config, {})
  if (loaded === null) throw new ConfigError(problems)
  return loaded
}
