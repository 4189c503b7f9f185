import type { ConfigWarning, Loaded } from '../config/index.js'
import { type ProcessCores, processCores } from '../host/process-cores.js'
import { describeAppManager } from '../preflight/app-manager.js'
import { describeQueue } from '../preflight/queue-durability.js'
import type { StoreRecovery } from '../queue/job-store.js'
import type { Logger } from './events.js'

const MiB = 1024 * 1024

/** How much there is to do for. */
export interface StartCounts {
  readonly apps: number
  readonly webhooks: number
}

/** What a durable queue has at the start. */
export interface StartQueue {
  readonly recovery: StoreRecovery
  /** What people should know of where it lies. */
  readonly warnings: readonly string[]
}

/** Logs what a dispatcher has started with, in one line, and then what is wrong with it, a line each. */
export function logStart(
  logger: Logger,
  { config, variables, effective }: Loaded,
  { apps, webhooks }: StartCounts,
  warnings: readonly ConfigWarning[],
  stored: StartQueue | null,
): void {
  const { dispatcher } = config
  const { shards, ringBytes, arenaBytes } = dispatcher
  const reason = effective.dispatcher.shards == null ? ` (${describeCores(processCores())})` : ''
  const memoryMiB = Math.round((shards * (ringBytes + arenaBytes)) / MiB)
  const queue = describeQueue(config.queue)
  const appManager = describeAppManager(config.appManager)
  const source = appManager === null ? '' : `, app manager: ${appManager}`
  const all = [...warnings, ...(stored?.warnings ?? []).map((message) => ({ path: 'queue.disk.path', message }))]
  const recovered = stored === null ? {} : { recovered: stored.recovery }
  const found = stored === null ? '' : `, recovered: ${describeRecovery(stored.recovery)}`
  const fields = { shards, memoryMiB, queue, ...recovered, appManager, apps, webhooks, warnings: all.length, variables }
  const used = variables.length === 0 ? '' : `, environment variables used: ${variables.join(', ')}`
  logger.info(
    fields,
    `started: shards: ${shards}${reason}, memory: ${memoryMiB} MiB, queue: ${queue}${found}${source}, apps: ${apps}, webhooks: ${webhooks}, warnings: ${all.length}${used}`,
  )
  for (const { path, message } of all) logger.warn({ path }, message)
}

/** Why there are so many shards, where the configuration does not say how many. */
function describeCores({ cores, workers }: ProcessCores): string {
  return workers === 1 ? `cores: ${cores}` : `cores: ${cores}, cluster workers: ${workers}`
}

function describeRecovery({ jobs, events, deadLetters, damaged }: StoreRecovery): string {
  const skipped = damaged === 0 ? '' : `, ${damaged} damaged records skipped`
  return `${jobs} batches with ${events} events and ${deadLetters} dead letters${skipped}`
}
