export type { AppHandle, ClientEvent, EmitEvent } from './app-handle.js'
export {
  type AppInput,
  ConfigError,
  type ConfigInput,
  type ConfigProblem,
  loadConfig,
  validateWebhook,
  type WebhookInput,
} from './config/index.js'
export type { Config } from './config/model.js'
export { createDispatcher } from './create-dispatcher.js'
export type { DeadLetterBox, DeadLetterList, DeadLetterListOptions } from './dead-letters.js'
export type { CloseOptions, Dispatcher, DispatcherOptions } from './dispatcher.js'
export type { DispatcherEvents, Logger } from './dispatcher-events.js'
export {
  ClosedError,
  DeadLettersUnavailableError,
  InvalidEventError,
  ShardDownError,
  SignpostError,
  UnknownAppError,
  UnsupportedQueueError,
} from './errors.js'
export type {
  DeadLetter,
  DeadLetterSelection,
  DeliveredReport,
  DroppedReport,
  EndpointReport,
  FailedReport,
  Recovery,
} from './shard/messages.js'
export type { LatencySummary, ShardStats, Stats } from './stats/snapshot.js'
export type { RestartReport } from './supervisor/restart-report.js'
export type { Undelivered, UndeliveredEndpoint } from './undelivered.js'
