import { isLocalFault } from '../../local-fault.js'
import { monotonicNow } from '../../time/clocks.js'
import { QueueServerError, StoreDownError } from '../errors.js'
import { openHandedOver } from '../handed-over/handed-over-store.js'
import type { OpenStore, StoreListener } from '../job-store.js'
import { SqsClient } from './client.js'
import { type Clock, machineClock } from './consumption.js'
import type { SqsStoreOptions } from './options.js'
import { SqsFailure, type SqsPort } from './port.js'
import { findQueues } from './queues.js'
import { SqsLetters } from './sqs-letters.js'
import { SqsQueue } from './sqs-queue.js'

export interface OpenedSqs {
  readonly store: OpenStore
  readonly warnings: readonly string[]
}

/** Opens the queue in SQS, which is made where it is not there. @throws QueueServerError, StoreDownError */
export async function openSqsStore(options: SqsStoreOptions): Promise<OpenedSqs> {
  return openOn(new SqsClient(options), options, machineClock(monotonicNow))
}

/** The same on another SQS and another clock. */
export async function openOn(
  port: SqsPort & { close(): void },
  options: SqsStoreOptions,
  clock: Clock,
): Promise<OpenedSqs> {
  let listener: StoreListener | null = null
  const problem = (message: string): void => listener?.failed?.(message)
  try {
    const found = await findQueues(port, options)
    const queue = new SqsQueue({ port, options, clock, found, problem })
    const letters = new SqsLetters({
      ...{ port, calls: queue.calls, signal: queue.signal, urls: () => queue.urls() },
      skipped: (count, what) => queue.skipped(count, what),
    })
    const store = openHandedOver(queue, letters, options.isConsumer)
    const listen = (to: StoreListener): void => {
      listener = to
    }
    return { store: { ...store, listen }, warnings: found.warnings }
  } catch (error) {
    port.close()
    throw error instanceof SqsFailure ? openingFailure(error) : error
  }
}

function openingFailure(cause: SqsFailure): Error {
  const message = `SQS: ${cause.message}`
  const isPassing = cause.kind === 'throttled' || cause.kind === 'unavailable' || cause.kind === 'no-queue'
  return isPassing && !isLocalFault(cause.cause)
    ? new StoreDownError(message, { cause })
    : new QueueServerError(message, { cause })
}
