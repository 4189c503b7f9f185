import type { RedisClientOptions } from 'redis'
import { tlsOptions } from '../../config/tls-options.js'
import { isInstalled, loadPackage } from '../../load-package.js'
import { isLocalFault } from '../../local-fault.js'
import { QueueServerError, StoreDownError } from '../errors.js'
import type { RedisAddress, RedisCredentials, RedisServer } from './options.js'

type Package = typeof import('redis')
export type RedisArgument = string | Buffer

/** Connected to Redis, until something fails: it is never connected again. */
export interface Connection {
  /** Sends a command to where the key is. Answers are buffers, numbers, null and arrays of these. */
  send(key: string, args: readonly RedisArgument[]): Promise<unknown>
  /** What each server that has keys answers to a command without keys. */
  ask(args: readonly string[]): Promise<readonly unknown[]>
  /** Ends it, with all that is on its way. */
  destroy(): void
}

export interface ConnectionHost {
  /** The connection is broken. */
  broken(error: Error): void
}

/** Answers that are bulk strings come as buffers: bodies are bytes. */
const ANSWERS = { typeMapping: { 36: Buffer } } as const
const CONNECT_TIMEOUT_MS = 5000

/** Connects to Redis. @param timeoutMs how long connecting may take; 0: the usual time */
export async function connectRedis(server: RedisServer, timeoutMs: number, host: ConnectionHost): Promise<Connection> {
  const redis = loadRedis()
  const connectTimeout = timeoutMs === 0 ? CONNECT_TIMEOUT_MS : timeoutMs
  if (server.kind === 'cluster') return connectCluster(redis, server, connectTimeout, host)
  const address = server.kind === 'server' ? server.address : await findMaster(redis, server, connectTimeout)
  const options = clientOptions(server.credentials, connectTimeout, server.tls, { ...address, database: server.db })
  const client = redis.createClient(options)
  client.on('error', (error: Error) => host.broken(error))
  await withinTime(client.connect(), connectTimeout, () => quietly(() => client.destroy()))
  return {
    send: (_, args) => client.sendCommand(args, ANSWERS),
    ask: async (args) => [await client.sendCommand(args, ANSWERS)],
    destroy: () => quietly(() => client.destroy()),
  }
}

/** Whether Redis itself has refused a command. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof loadRedis().ErrorReply
}

/** Answers that Redis gives for a while: it starts, fails over, is busy or has too many clients. */
const PASSING = /^(?:LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|READONLY|NOREPLICAS)\b|max number of clients/

/** Whether waiting does not help: Redis has refused this for good, or it has never come so far. */
export function isLasting(error: unknown): boolean {
  return isLocalFault(error) || (isRefusal(error) && !PASSING.test(error.message))
}

function loadRedis(): Package {
  try {
    return loadPackage<Package>('redis')
  } catch (cause) {
    if (isInstalled('redis')) {
      throw new StoreDownError('the package redis is installed but could not be loaded', { cause })
    }
    throw new QueueServerError('it needs a package that is not installed: npm install "redis@^5.12.0"', { cause })
  }
}

interface Where extends Partial<RedisAddress> {
  readonly database?: number
}

function clientOptions(
  { username, password }: RedisCredentials,
  connectTimeout: number,
  tls: Extract<RedisServer, { kind: 'server' }>['tls'],
  { database, ...address }: Where,
) {
  const secure = tlsOptions(tls)
  const options = {
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(database === undefined ? {} : { database }),
    socket: {
      ...address,
      connectTimeout,
      reconnectStrategy: false,
      ...(secure === null ? {} : { tls: true, ...secure }),
    },
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
  }
  return options as RedisClientOptions
}

/** Asks the sentinels in turn, the first answer counts. What it names may be its former self: that is found out by writing to it. */
async function findMaster(
  redis: Package,
  server: Extract<RedisServer, { kind: 'sentinels' }>,
  connectTimeout: number,
): Promise<RedisAddress> {
  const failures: { readonly at: string; readonly error: unknown }[] = []
  for (const sentinel of server.sentinels) {
    const { sentinelCredentials, sentinelTls, name } = server
    const client = redis.createClient(clientOptions(sentinelCredentials, connectTimeout, sentinelTls, sentinel))
    // What fails here fails the call below as well.
    client.on('error', () => undefined)
    try {
      await withinTime(client.connect(), connectTimeout, () => quietly(() => client.destroy()))
      const asked = client.sendCommand(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name])
      const answer = await withinTime(asked, connectTimeout)
      if (!Array.isArray(answer)) throw new Error(`it knows no server named ${name}`)
      const [host, port] = answer.map(String)
      return { host: host ?? '', port: Number(port) }
    } catch (error) {
      failures.push({ at: `${sentinel.host}:${sentinel.port}`, error })
    } finally {
      quietly(() => client.destroy())
    }
  }
  const reasons = failures.map(({ at, error }) => `${at}: ${messageOf(error)}`)
  const message = `no sentinel knows where the server is (${reasons.join('; ')})`
  throw failures.every(({ error }) => isLasting(error)) ? new QueueServerError(message) : new StoreDownError(message)
}

async function connectCluster(
  redis: Package,
  { nodes, credentials, tls }: Extract<RedisServer, { kind: 'cluster' }>,
  connectTimeout: number,
  host: ConnectionHost,
): Promise<Connection> {
  const defaults = clientOptions(credentials, connectTimeout, tls, {})
  const rootNodes = nodes.map(({ host, port }) => ({ socket: { host, port } }))
  const cluster = redis.createCluster({ rootNodes, defaults: defaults as never })
  cluster.on('error', (error: Error) => host.broken(error))
  cluster.on('node-error', (error: Error) => host.broken(error))
  await withinTime(cluster.connect(), connectTimeout, () => quietly(() => cluster.destroy()))
  return {
    send: (key, args) => cluster.sendCommand(key, false, args as RedisArgument[], ANSWERS),
    ask: (args) =>
      Promise.all(cluster.masters.map(async (node) => (await cluster.nodeClient(node)).sendCommand(args, ANSWERS))),
    destroy: () => quietly(() => cluster.destroy()),
  }
}

/** Connecting to a server that stands still takes the system's time for the connection, and then that of the first answer. */
async function withinTime<Value>(promise: Promise<Value>, timeoutMs: number, giveUp: () => void = () => undefined) {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${2 * timeoutMs} ms`)), 2 * timeoutMs)
  })
  try {
    return await Promise.race([promise, late])
  } catch (error) {
    promise.catch(() => undefined)
    giveUp()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** A client that was never connected, or is closed already, throws at its end. */
function quietly(end: () => void): void {
  try {
    end()
  } catch {
    return
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
