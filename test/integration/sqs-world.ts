import { SQS_ENVIRONMENT, type SqsServer, startSqs } from '../../scripts/servers/sqs.js'
import { type ConfigInput, createDispatcher, type Dispatcher } from '../../src/index.js'
import { RunProcess } from '../cli/run/support.js'
import { appWith } from '../support/dispatcher.js'
import { OrderedReceiver } from './consumers-world.js'

/** Each with an app of its own, and a window of 1. */
export const SQS_ENDPOINTS = 4

export interface SqsWorld {
  readonly sqs: SqsServer
  readonly receiver: OrderedReceiver
  /** A process that only adds to the queue. */
  host(): Promise<Dispatcher>
  /** `signpost run`. */
  worker(): Promise<RunProcess>
}

type Changes = Readonly<Record<string, unknown>>

/** An SQS, a receiver, and what the test starts. @param sqsChanges options of `queue.sqs`; @param retry those of the webhooks' `retry` */
export async function inSqsWorld(
  check: (world: SqsWorld) => Promise<void>,
  sqsChanges: Changes = {},
  retry: Changes = {},
): Promise<void> {
  Object.assign(process.env, SQS_ENVIRONMENT)
  const sqs = await startSqs()
  const receiver = await OrderedReceiver.start()
  const config = configOf(sqs, receiver.url, sqsChanges, retry)
  const hosts: Dispatcher[] = []
  const workers: RunProcess[] = []
  const host = async (): Promise<Dispatcher> => {
    const started = await createDispatcher(config)
    hosts.push(started)
    return started
  }
  const worker = async (): Promise<RunProcess> => {
    const started = new RunProcess(config, ['--listen', '127.0.0.1:0', '--log', 'json'], SQS_ENVIRONMENT)
    workers.push(started)
    await started.started()
    return started
  }
  try {
    await check({ sqs, receiver, host, worker })
  } finally {
    for (const started of hosts) await started.close({ timeout: 0 })
    for (const started of workers) await started.end()
    await receiver.close()
    await sqs.stop()
  }
}

function configOf({ url }: SqsServer, receiverUrl: string, sqs: Changes, retry: Changes): ConfigInput {
  const retries = { initial_backoff_ms: 50, max_backoff_ms: 200, ...retry }
  const apps = Array.from({ length: SQS_ENDPOINTS }, (_, endpoint) => {
    const webhook = { url: `${receiverUrl}${endpoint}`, concurrency: 1, retry: retries }
    return { ...appWith([webhook]), id: `app-${endpoint}` }
  })
  return {
    queue: { driver: 'sqs', sqs: { endpoint_url: url, wait_time_seconds: 1, ...sqs } },
    dispatcher: { shards: 1 },
    webhooks: { batching: { enabled: true, duration: 2, size: 10 }, circuit_breaker: { enabled: false } },
    apps,
  }
}

/** Emits so many events to each endpoint, and waits until the queue has them. @param from the number of the first */
export async function emitTo(dispatcher: Dispatcher, count: number, from = 0): Promise<void> {
  for (let number = from; number < from + count; number++) {
    for (let endpoint = 0; endpoint < SQS_ENDPOINTS; endpoint++) {
      const event = { name: 'channel_occupied', channel: `${endpoint}-${number}` }
      if (!dispatcher.emit(`app-${endpoint}`, event)) throw new Error(`event ${number} was refused`)
    }
    await dispatcher.persisted()
  }
}

/** Whether all events before this number have come to each endpoint. */
export function hasAll(receiver: OrderedReceiver, upTo: number): boolean {
  return receivedBy(receiver).every((numbers) => new Set(numbers).size >= upTo)
}

/** What came to each endpoint, without the repeats of a delivery. */
export function receivedBy(receiver: OrderedReceiver): readonly (readonly number[])[] {
  return Array.from({ length: SQS_ENDPOINTS }, (_, endpoint) => receiver.numbersOf(endpoint))
}

/** What each should have got, each once and in order. */
export function allInOrder(upTo: number): readonly (readonly number[])[] {
  return Array.from({ length: SQS_ENDPOINTS }, () => Array.from({ length: upTo }, (_, number) => number))
}
