import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type RedisProcess, startRedis } from '../../scripts/servers/redis.js'
import { createDispatcher, type Dispatcher } from '../../src/index.js'
import { appWith } from '../support/dispatcher.js'

/** A receiver that fails until it is told to take events, and counts which it has got. */
export interface Receiver {
  readonly url: string
  readonly channels: ReadonlySet<string>
  open(): void
  close(): Promise<void>
}

async function startReceiver(): Promise<Receiver> {
  const channels = new Set<string>()
  let isOpen = false
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      response.statusCode = isOpen ? 200 : 503
      const { events } = JSON.parse(Buffer.concat(chunks).toString()) as { events: readonly { channel: string }[] }
      if (isOpen) for (const { channel } of events) channels.add(channel)
      response.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    channels,
    open: () => {
      isOpen = true
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The queue of the specification's example, and nothing else of it is said. */
export const QUEUE = { queue: { driver: 'redis', redis: { concurrency: 5, prefix: 'sockudo_queue:' } } } as const

export function startDispatcher(redis: RedisProcess, url: string): Promise<Dispatcher> {
  const retry = { initial_backoff_ms: 50, max_backoff_ms: 200 }
  const config = { ...QUEUE, dispatcher: { shards: 1 }, apps: [appWith([{ url, retry }])] }
  return createDispatcher(config, { environment: { DATABASE_REDIS_PORT: String(redis.port) } })
}

export function startProcess(
  redis: RedisProcess,
  url: string,
  events: number,
  ...more: readonly string[]
): ChildProcess {
  const program = join(import.meta.dirname, 'redis-queue-process.js')
  const args = [program, String(redis.port), url, String(events), ...more]
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
}

export async function untilPersisted({ stdout }: ChildProcess): Promise<void> {
  if (stdout === null) throw new Error('the process has no output')
  for await (const chunk of stdout) if (String(chunk).includes('persisted')) return
  throw new Error('the process ended before its events were stored')
}

export async function inWorld(check: (redis: RedisProcess, receiver: Receiver) => Promise<void>): Promise<void> {
  const redis = await startRedis()
  const receiver = await startReceiver()
  try {
    await check(redis, receiver)
  } finally {
    await receiver.close()
    await redis.stop()
  }
}
