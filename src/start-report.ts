import type { ConfigWarning, Loaded } from './config/index.js'
import type { Logger } from './dispatcher-events.js'
import { describeAppManager } from './preflight/app-manager.js'
import { describeQueue } from './preflight/queue-durability.js'

const MiB = 1024 * 1024

/** How much there is to do for. */
export interface StartCounts {
  readonly apps: number
  readonly webhooks: number
}

/** Logs what a dispatcher has started with, in one line, and then what is wrong with it, a line each. */
export function logStart(
  logger: Logger,
  { config, variables }: Loaded,
  { apps, webhooks }: StartCounts,
  warnings: readonly ConfigWarning[],
): void {
  const { dispatcher } = config
  const { shards, ringBytes, arenaBytes } = dispatcher
  const memoryMiB = Math.round((shards * (ringBytes + arenaBytes)) / MiB)
  const queue = describeQueue(config.queue)
  const appManager = describeAppManager(config.appManager)
  const source = appManager === null ? '' : `, app manager: ${appManager}`
  const fields = { shards, memoryMiB, queue, appManager, apps, webhooks, warnings: warnings.length, variables }
  const used = variables.length === 0 ? '' : `, environment variables used: ${variables.join(', ')}`
  logger.info(
    fields,
    `started: shards: ${shards}, memory: ${memoryMiB} MiB, queue: ${queue}${source}, apps: ${apps}, webhooks: ${webhooks}, warnings: ${warnings.length}${used}`,
  )
  for (const { path, message } of warnings) logger.warn({ path }, message)
}
