/**
 * Creates dispatchers, and reads configurations.
 *
 * @module signpost
 */

export type { AppInvalidReport } from './apps/app-records.js'
export type { AppView, WebhookView } from './apps/app-view.js'
export type { Changed as AppsChanged } from './apps/complete-read.js'
export { EVENT_NAMES, type EventName } from './config/event-names.js'
export {
  ConfigError,
  ConfigFileError,
  type ConfigFileErrorCode,
  type ConfigProblem,
  type ConfigWarning,
  type Environment,
  type LoadOptions,
  validateWebhook,
} from './config/index.js'
export type * from './config/input.js'
export type { AppHandle, ClientEvent } from './dispatcher/app-handle.js'
export type { AppList, AppListOptions, Apps } from './dispatcher/apps.js'
export {
  type CloseOptions,
  Dispatcher,
  type DispatcherOptions,
  type FlushOptions,
  type PersistedOptions,
  type Reloaded,
} from './dispatcher/contract.js'
export { createDispatcher } from './dispatcher/create-dispatcher.js'
export type {
  DeadLetterBox,
  DeadLetterList,
  DeadLetterListOptions,
  ReplaySelection,
} from './dispatcher/dead-letters.js'
export type { DispatcherEvents, DispatcherListener, InvalidReport, Logger } from './dispatcher/events.js'
export { type Config, loadConfig } from './dispatcher/loaded-config.js'
export type { Undelivered, UndeliveredEndpoint } from './dispatcher/undelivered.js'
export {
  AppManagerError,
  ClosedError,
  ControlTimeoutError,
  DeadLettersUnavailableError,
  PreflightError,
  QueueNotDurableError,
  QueuePathError,
  QueueUnusableError,
  ShardDownError,
  SignpostError,
  UnknownAppError,
  WorkerMissingError,
} from './errors.js'
export type { StoreRecovery } from './queue/job-store.js'
export type { EmitEvent } from './router/event-intake.js'
export type {
  DeadLetter,
  DeadLetterHead,
  DeadLetterSelection,
  DeliveredReport,
  DroppedReport,
  EndpointReport,
  FailedReport,
  Recovery,
} from './shard/messages.js'
export type { HostFigures, ShardFigures, StorageFigures } from './stats/figures.js'
export type { SlabUsage } from './stats/shard-counters.js'
export type { LatencySummary, ShardStats, Stats } from './stats/snapshot.js'
export type { RestartReport } from './supervisor/restart-report.js'
