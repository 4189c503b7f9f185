import { createClient } from 'redis'
import { freePort } from '../free-port.js'
import { temporaryFolder } from '../temporary-folder.js'
import { type RestartableServer, startServer } from './restartable-server.js'
import { type ServerProcess, startProcess } from './server-process.js'

export interface RedisProcess extends RestartableServer {
  readonly port: number
  /** Sends one command, on a connection of its own. */
  ask(...args: readonly string[]): Promise<unknown>
}

export interface RedisSettings {
  /** Lines of its configuration. */
  readonly lines?: readonly string[]
  readonly port?: number
  /** What a client has to say to it beside the port. */
  readonly client?: Parameters<typeof createClient>[0]
  readonly sentinel?: boolean
}

/** What it has said is kept, also when it is killed. */
const KEEPING = ['appendonly yes', 'appendfsync always']

/** Starts a Redis of its own on 127.0.0.1, on a free port. */
export async function startRedis(settings: RedisSettings = {}): Promise<RedisProcess> {
  const folder = temporaryFolder()
  const port = settings.port ?? (await freePort())
  const lines = [`port ${port}`, 'bind 127.0.0.1', `dir ${folder.path}`, 'save ""', ...(settings.lines ?? KEEPING)]
  const file = folder.write('redis.conf', `${lines.join('\n')}\n`)
  const args = settings.sentinel === true ? [file, '--sentinel'] : [file]
  const run = (): ServerProcess => startProcess('redis-server', args, {}, folder)
  const ask = async (...command: readonly string[]): Promise<unknown> => {
    const { socket, ...client } = settings.client ?? {}
    const where = { host: '127.0.0.1', port, reconnectStrategy: false, ...socket }
    const connection = createClient({ ...client, socket: where as never, disableClientInfo: true })
    connection.on('error', () => undefined)
    await connection.connect()
    try {
      return await connection.sendCommand(command)
    } finally {
      connection.destroy()
    }
  }
  const answers = (): Promise<boolean> =>
    ask('PING').then(
      (answer) => answer === 'PONG',
      () => false,
    )
  const server = await startServer({ name: 'Redis', folder, run, answers })
  return { ...server, port, ask }
}
