import type { ConfigWarning, Loaded, QueueDriverName } from '../config/index.js'
import { type ProcessCores, processCores } from '../host/process-cores.js'
import { describeAppManager } from '../preflight/app-manager.js'
import { describeQueue } from '../preflight/queue-durability.js'
import type { StoreRecovery } from '../queue/job-store.js'
import type { Logger } from './events.js'

const MiB = 1024 * 1024
/** What a store warns of. */
const WARNED_OF: Readonly<Partial<Record<QueueDriverName, string>>> = {
  disk: 'queue.disk.path',
  redis: 'queue.redis',
  'redis-cluster': 'queue.redis_cluster',
  sqs: 'queue.sqs',
}

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
  /** Whether this process delivers what is in a queue that processes share; null: they do not share it. */
  readonly isConsumer: boolean | null
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
  const queue = `${describeQueue(config.queue)}${describeRole(stored?.isConsumer ?? null)}`
  const appManager = describeAppManager(config.appManager)
  const source = appManager === null ? '' : `, app manager: ${appManager}`
  const path = WARNED_OF[config.queue.driver] ?? 'queue'
  const all = [...warnings, ...(stored?.warnings ?? []).map((message) => ({ path, message }))]
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

function describeRole(isConsumer: boolean | null): string {
  if (isConsumer === null) return ''
  return isConsumer ? ', which this process consumes' : ', which this process only adds to'
}

function describeRecovery({ jobs, events, deadLetters, damaged }: StoreRecovery): string {
  const skipped = damaged === 0 ? '' : `, ${damaged} damaged records skipped`
  return `${jobs} batches with ${events} events and ${deadLetters} dead letters${skipped}`
}
