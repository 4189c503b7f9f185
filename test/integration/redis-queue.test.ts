import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createDispatcher, type Dispatcher } from '../../src/index.js'
import { appWith } from '../support/dispatcher.js'
import { type RedisProcess, startRedis } from '../support/redis.js'
import { until } from '../support/until.js'

const test = suite('a queue in Redis')

/** A receiver that fails until it is told to take events, and counts which it has got. */
interface Receiver {
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
const QUEUE = { queue: { driver: 'redis', redis: { concurrency: 5, prefix: 'sockudo_queue:' } } } as const

function startDispatcher(redis: RedisProcess, url: string): Promise<Dispatcher> {
  const retry = { initial_backoff_ms: 50, max_backoff_ms: 200 }
  const config = { ...QUEUE, dispatcher: { shards: 1 }, apps: [appWith([{ url, retry }])] }
  return createDispatcher(config, { environment: { DATABASE_REDIS_PORT: String(redis.port) } })
}

function startProcess(redis: RedisProcess, url: string, events: number, ...more: readonly string[]): ChildProcess {
  const program = join(import.meta.dirname, 'redis-queue-process.js')
  const args = [program, String(redis.port), url, String(events), ...more]
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function untilPersisted({ stdout }: ChildProcess): Promise<void> {
  if (stdout === null) throw new Error('the process has no output')
  for await (const chunk of stdout) if (String(chunk).includes('persisted')) return
  throw new Error('the process ended before its events were stored')
}

async function inWorld(check: (redis: RedisProcess, receiver: Receiver) => Promise<void>): Promise<void> {
  const redis = await startRedis()
  const receiver = await startReceiver()
  try {
    await check(redis, receiver)
  } finally {
    await receiver.close()
    await redis.stop()
  }
}

test("the specification's example works: events are delivered, and nothing is left in Redis", () =>
  inWorld(async (redis, receiver) => {
    receiver.open()
    const dispatcher = await startDispatcher(redis, receiver.url)
    for (let number = 0; number < 100; number++) {
      dispatcher.emit('app', { name: 'channel_occupied', channel: `channel-${number}` })
    }
    await dispatcher.flush()
    const left = await dispatcher.close()
    assert.equal([receiver.channels.size, left.events, await redis.ask('KEYS', '*')], [100, 0, []])
  }))

test('what one dispatcher has stored is delivered by the next', () =>
  inWorld(async (redis, receiver) => {
    const first = await startDispatcher(redis, receiver.url)
    for (let number = 0; number < 100; number++) {
      first.emit('app', { name: 'channel_occupied', channel: `channel-${number}` })
    }
    await first.persisted()
    await first.close({ timeout: 0 })
    receiver.open()
    const next = await startDispatcher(redis, receiver.url)
    await until(() => receiver.channels.size === 100)
    const { events } = next.recovery
    await next.close()
    assert.is(events, 100)
  }))

test('a process is killed: the other one delivers all that it had stored', () =>
  inWorld(async (redis, receiver) => {
    const other = await startDispatcher(redis, receiver.url)
    const victim = startProcess(redis, receiver.url, 300)
    await untilPersisted(victim)
    victim.kill('SIGKILL')
    await once(victim, 'exit')
    receiver.open()
    await until(() => receiver.channels.size === 300)
    await other.close()
    assert.is(receiver.channels.size, 300)
  }))

test('a process closes: the other one delivers at once what it has left', () =>
  inWorld(async (redis, receiver) => {
    const other = await startDispatcher(redis, receiver.url)
    const leaving = startProcess(redis, receiver.url, 300, 'close')
    const exited = once(leaving, 'exit')
    await untilPersisted(leaving)
    await exited
    receiver.open()
    await until(() => receiver.channels.size === 300)
    await other.close()
    assert.is(receiver.channels.size, 300)
  }))

test('Redis goes and comes: events are delivered meanwhile, and stored when it is back', () =>
  inWorld(async (redis, receiver) => {
    receiver.open()
    const dispatcher = await startDispatcher(redis, receiver.url)
    const reports: string[] = []
    dispatcher.on('queue-down', ({ reason }) => reports.push(reason))
    dispatcher.on('queue-up', () => reports.push('up'))
    await redis.kill()
    let emitted = 0
    await until(() => {
      emitted += 1
      dispatcher.emit('app', { name: 'channel_occupied', channel: `channel-${emitted}` })
      return reports.length > 0
    })
    await until(() => receiver.channels.size === emitted)
    await redis.start()
    await until(() => {
      emitted += 1
      dispatcher.emit('app', { name: 'channel_occupied', channel: `channel-${emitted}` })
      return reports.length > 1
    })
    await dispatcher.flush()
    await dispatcher.close()
    assert.equal([reports, receiver.channels.size], [['down', 'up'], emitted])
  }))

test('Redis loses everything: what is in memory is stored again', () =>
  inWorld(async (redis, receiver) => {
    const dispatcher = await startDispatcher(redis, receiver.url)
    const losses: string[] = []
    dispatcher.on('queue-lost', ({ reason }) => losses.push(reason))
    for (let number = 0; number < 50; number++) {
      dispatcher.emit('app', { name: 'channel_occupied', channel: `channel-${number}` })
    }
    await dispatcher.persisted()
    await redis.ask('FLUSHALL')
    dispatcher.emit('app', { name: 'channel_occupied', channel: 'channel-50' })
    await until(() => losses.length > 0)
    await dispatcher.persisted()
    await dispatcher.close({ timeout: 0 })
    receiver.open()
    const next = await startDispatcher(redis, receiver.url)
    await until(() => receiver.channels.size === 51)
    await next.close()
    assert.equal(losses, ['lost'])
  }))

test('a start without a server says what it needs', async () => {
  const started = createDispatcher(QUEUE, { environment: { DATABASE_REDIS_PORT: '1' } })
  const failure = await started.then(
    () => null,
    (error: Error) => error,
  )
  assert.match(String(failure), /the queue cannot be used: Redis: .*ECONNREFUSED/)
})

test('a server that drops keys when memory is short is refused', async () => {
  const redis = await startRedis({ lines: ['appendonly no', 'maxmemory-policy allkeys-lru'] })
  const started = createDispatcher(QUEUE, { environment: { DATABASE_REDIS_PORT: String(redis.port) } })
  const failure = await started.then(
    () => null,
    (error: Error) => error,
  )
  await redis.stop()
  assert.match(String(failure), /maxmemory-policy allkeys-lru.*noeviction/)
})

test.run()
