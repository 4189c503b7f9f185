import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type RedisProcess, startRedis } from '../../scripts/servers/redis.js'
import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import type { WorkerDispatcher } from '../../src/dispatcher/dispatcher.js'
import type { WebhookInput } from '../../src/index.js'
import { appWith } from '../support/dispatcher.js'

/** What a request has brought. */
export interface Delivery {
  readonly id: string
  /** The channels of its events. */
  readonly channels: readonly string[]
  readonly atMs: number
}

/** A receiver whose answers the test makes, and dispatchers of this process that share a queue in Redis. */
export class SharedBench {
  readonly redis: RedisProcess
  /** All requests. */
  readonly deliveries: Delivery[] = []
  /** Answers a request. */
  answer: (response: ServerResponse, delivery: Delivery) => void = (response) => response.end()
  readonly #server: Server
  readonly #started: WorkerDispatcher[] = []

  private constructor(redis: RedisProcess) {
    this.redis = redis
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { events } = JSON.parse(Buffer.concat(chunks).toString()) as { events: readonly { channel: string }[] }
        const channels = events.map(({ channel }) => channel)
        const delivery = { id: String(request.headers['webhook-id']), channels, atMs: performance.now() }
        this.deliveries.push(delivery)
        this.answer(response, delivery)
      })
    })
  }

  static async run(check: (bench: SharedBench) => Promise<void>): Promise<void> {
    const bench = new SharedBench(await startRedis())
    bench.#server.listen(0, '127.0.0.1')
    await once(bench.#server, 'listening')
    try {
      await check(bench)
    } finally {
      for (const dispatcher of bench.#started) await dispatcher.close({ timeout: 1000 })
      bench.#server.closeAllConnections()
      bench.#server.close()
      await bench.redis.stop()
    }
  }

  host(webhook: Partial<WebhookInput> = {}): Promise<WorkerDispatcher> {
    return this.#start(false, webhook)
  }

  consumer(webhook: Partial<WebhookInput> = {}): Promise<WorkerDispatcher> {
    return this.#start(true, webhook)
  }

  /** The channels that have come, the repeats of a delivery left out. */
  get channels(): readonly string[] {
    const ids = new Set<string>()
    return this.deliveries.flatMap(({ id, channels }) => {
      if (ids.has(id)) return []
      ids.add(id)
      return channels
    })
  }

  async #start(consume: boolean, webhook: Partial<WebhookInput>): Promise<WorkerDispatcher> {
    const { port } = this.#server.address() as AddressInfo
    const hook = { url: `http://127.0.0.1:${port}/`, id: 'hook', concurrency: 1, ...webhook }
    const dispatcher = await startDispatcher(
      {
        database: { redis: { host: '127.0.0.1', port: this.redis.port } },
        queue: { driver: 'redis', redis: { deliver: 'consumers', lanes: 2 } },
        dispatcher: { shards: 1 },
        webhooks: {
          batching: { enabled: true, duration: 5, size: 10 },
          circuit_breaker: { enabled: false },
          retry: { initial_backoff_ms: 20, max_backoff_ms: 100 },
        },
        apps: [appWith([hook])],
      },
      { consume, leaseMs: 1500, intensity: { restarts: 100, withinMs: 1000 } },
    )
    this.#started.push(dispatcher)
    return dispatcher
  }
}

/** Emits events to the channels `<first>` up to `<last>`, and waits until they are stored. */
export async function emit(dispatcher: WorkerDispatcher, first: number, last: number): Promise<readonly string[]> {
  const channels = Array.from({ length: last - first + 1 }, (_, index) => String(first + index))
  for (const channel of channels) {
    if (!dispatcher.emit('app', { name: 'channel_occupied', channel })) throw new Error(`${channel} was refused`)
  }
  await dispatcher.persisted()
  return channels
}
