import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type RedisProcess, startRedis } from '../../scripts/servers/redis.js'
import type { ConfigInput, Stats, Undelivered } from '../../src/index.js'
import { appWith } from '../support/dispatcher.js'

/** Each with an app of its own, and a window of 1. */
export const ENDPOINTS = 12
export const LEASE_MS = 2000
/** So that more endpoints than one are in a lane. */
const LANES = 8

export interface Run {
  readonly redisPort: number
  readonly receiverUrl: string
  readonly consumes: boolean
  readonly leaseMs: number
}

export type Report =
  | { readonly kind: 'ready' | 'emitted' }
  /** Of each endpoint, the events before this number. */
  | { readonly kind: 'persisted'; readonly upTo: number }
  | { readonly kind: 'stats'; readonly stats: Stats }
  | { readonly kind: 'flushed'; readonly left: Undelivered }
  | { readonly kind: 'closed'; readonly left: Undelivered }
  | { readonly kind: 'lost'; readonly reason: string; readonly batches: number }

export function configOf({ redisPort, receiverUrl }: Run): ConfigInput {
  const retry = { initial_backoff_ms: 50, max_backoff_ms: 200 }
  const apps = Array.from({ length: ENDPOINTS }, (_, endpoint) => {
    return { ...appWith([{ url: `${receiverUrl}${endpoint}`, concurrency: 1, retry }]), id: `app-${endpoint}` }
  })
  return {
    database: { redis: { host: '127.0.0.1', port: redisPort } },
    queue: { driver: 'redis', redis: { deliver: 'consumers', lanes: LANES } },
    dispatcher: { shards: 1 },
    webhooks: { batching: { enabled: true, duration: 2, size: 10 }, circuit_breaker: { enabled: false } },
    apps,
  }
}

/** One that has come to the receiver. */
export interface Receipt {
  readonly endpoint: number
  readonly id: string
  readonly numbers: readonly number[]
}

/** Keeps everything that it gets, in the order in which it came. */
export class OrderedReceiver {
  readonly receipts: Receipt[] = []
  /** The status of the answers. */
  status = 200
  /** How long an answer takes, in ms. */
  delayMs = 0
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { status } = this
        response.statusCode = status
        const { events } = JSON.parse(Buffer.concat(chunks).toString()) as { events: readonly { channel: string }[] }
        const numbers = events.map(({ channel }) => Number(channel.split('-')[1]))
        const endpoint = Number(request.url?.slice(1))
        if (status === 200) this.receipts.push({ endpoint, id: String(request.headers['webhook-id']), numbers })
        setTimeout(() => response.end(), this.delayMs)
      })
    })
  }

  static async start(): Promise<OrderedReceiver> {
    const receiver = new OrderedReceiver()
    receiver.#server.listen(0, '127.0.0.1')
    await once(receiver.#server, 'listening')
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** Of an endpoint, without the repeats of a delivery. */
  numbersOf(endpoint: number): readonly number[] {
    const ids = new Set<string>()
    return this.receipts.flatMap(({ endpoint: to, id, numbers }) => {
      if (to !== endpoint || ids.has(id)) return []
      ids.add(id)
      return numbers
    })
  }

  /** Whether all events before this number have come to each endpoint. */
  hasAll(upTo: number): boolean {
    for (let endpoint = 0; endpoint < ENDPOINTS; endpoint++) {
      if (new Set(this.numbersOf(endpoint)).size < upTo) return false
    }
    return true
  }

  /** What came to each endpoint. */
  get all(): readonly (readonly number[])[] {
    return Array.from({ length: ENDPOINTS }, (_, endpoint) => this.numbersOf(endpoint))
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

/** What each endpoint should have got when all events before this number have come to it, each once and in order. */
export function inOrder(upTo: number): readonly (readonly number[])[] {
  return Array.from({ length: ENDPOINTS }, () => Array.from({ length: upTo }, (_, number) => number))
}

/** A process that adds to the queue, or consumes it. */
export class QueueProcess implements AsyncDisposable {
  /** Of each endpoint, the events before this number are stored. */
  persisted = 0
  readonly losses: string[] = []
  readonly #child: ChildProcess

  private constructor(run: Run) {
    this.#child = fork(join(import.meta.dirname, 'consumers-process.js'), [JSON.stringify(run)])
    this.#child.on('message', (report: Report) => {
      if (report.kind === 'persisted') this.persisted = report.upTo
      else if (report.kind === 'lost') this.losses.push(report.reason)
    })
  }

  static async start(run: Run): Promise<QueueProcess> {
    const started = new QueueProcess(run)
    await started.#next('ready')
    return started
  }

  /** Emits so many events to each endpoint, one after the other. Resolves when all are stored. */
  async emit(count: number): Promise<void> {
    const emitted = this.#next('emitted')
    this.#child.send(count)
    await emitted
  }

  async stats(): Promise<Stats> {
    const next = this.#next('stats')
    this.#child.send('stats')
    return (await next).stats
  }

  async flush(): Promise<Undelivered> {
    const next = this.#next('flushed')
    this.#child.send('flush')
    return (await next).left
  }

  async close(): Promise<Undelivered> {
    const next = this.#next('closed')
    this.#child.send('close')
    const { left } = await next
    await this.#ended()
    return left
  }

  freeze(): void {
    this.#child.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child.kill('SIGCONT')
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }

  #next<Kind extends Report['kind']>(kind: Kind): Promise<Extract<Report, { kind: Kind }>> {
    return new Promise((resolve, reject) => {
      const receive = (report: Report): void => {
        if (report.kind !== kind) return
        this.#child.off('message', receive)
        this.#child.off('exit', fail)
        resolve(report as Extract<Report, { kind: Kind }>)
      }
      const fail = (): void => reject(new Error(`the process ended before it was ${kind}`))
      this.#child.on('message', receive)
      this.#child.once('exit', fail)
    })
  }

  async #ended(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
  }
}

export interface QueueWorld {
  readonly redis: RedisProcess
  readonly receiver: OrderedReceiver
  host(): Promise<QueueProcess>
  consumer(): Promise<QueueProcess>
}

/** A Redis, a receiver, and what processes the test starts. */
export async function inQueueWorld(check: (world: QueueWorld) => Promise<void>): Promise<void> {
  const redis = await startRedis()
  const receiver = await OrderedReceiver.start()
  const started: QueueProcess[] = []
  const start = async (consumes: boolean): Promise<QueueProcess> => {
    const run = { redisPort: redis.port, receiverUrl: receiver.url, consumes, leaseMs: LEASE_MS }
    const process = await QueueProcess.start(run)
    started.push(process)
    return process
  }
  try {
    await check({ redis, receiver, host: () => start(false), consumer: () => start(true) })
  } finally {
    for (const process of started) await process.kill()
    await receiver.close()
    await redis.stop()
  }
}
