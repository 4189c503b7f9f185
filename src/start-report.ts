import type { ConfigWarning, Loaded } from './config/index.js'
import type { Logger } from './dispatcher-events.js'
import { describeQueue } from './preflight/queue-durability.js'

const MiB = 1024 * 1024

/** Logs what a dispatcher has started with, in one line, and then what is wrong with it, a line each. */
export function logStart(logger: Logger, { config, variables }: Loaded, warnings: readonly ConfigWarning[]): void {
  const { dispatcher, apps } = config
  const { shards, ringBytes, arenaBytes } = dispatcher
  const webhooks = apps.reduce((sum, app) => sum + app.webhooks.length, 0)
  const memoryMiB = Math.round((shards * (ringBytes + arenaBytes)) / MiB)
  const queue = describeQueue(config.queue)
  const fields = { shards, memoryMiB, queue, apps: apps.length, webhooks, warnings: warnings.length, variables }
  const used = variables.length === 0 ? '' : `, environment variables used: ${variables.join(', ')}`
  logger.info(
    fields,
    `started: shards: ${shards}, memory: ${memoryMiB} MiB, queue: ${queue}, apps: ${apps.length}, webhooks: ${webhooks}, warnings: ${warnings.length}${used}`,
  )
  for (const { path, message } of warnings) logger.warn({ path }, message)
}
