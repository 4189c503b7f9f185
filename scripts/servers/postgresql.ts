import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { freePort } from '../free-port.js'
import { temporaryFolder } from '../temporary-folder.js'
import { type RestartableServer, startServer } from './restartable-server.js'
import { giveTo, runOnce, type ServerProcess, startProcess, unprivilegedUser } from './server-process.js'

export interface DatabaseServer extends RestartableServer {
  readonly port: number
  readonly password: string
}

export interface PostgresqlServer extends DatabaseServer {
  /** As its owner; for statements of tests. */
  readonly sql: Sql
  /** One connection more. */
  connect(): Sql
}

export const DATABASE_USER = 'sockudo'
export const DATABASE_NAME = 'sockudo'
const PASSWORD = 'p4ss word:/?#@'

/** Starts a PostgreSQL of its own on 127.0.0.1, with an empty database. */
export async function startPostgresql(settings: readonly string[] = []): Promise<PostgresqlServer> {
  const folder = temporaryFolder()
  const user = unprivilegedUser('postgres')
  const data = join(folder.path, 'data')
  const programs = programFolder()
  giveTo(user, folder.path)
  const passwordFile = folder.write('password', PASSWORD)
  giveTo(user, passwordFile)
  await runOnce(
    join(programs, 'initdb'),
    [
      ...['-D', data, '-U', DATABASE_USER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`],
      ...['-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    ],
    user,
  )
  const port = await freePort()
  const options = {
    ...{ host: '127.0.0.1', port, username: DATABASE_USER, password: PASSWORD, max: 2 },
    ...{ onnotice: () => undefined, backoff: () => 0.05, connect_timeout: 5 },
  }
  const run = (): ServerProcess => {
    // One that was killed has left it.
    rmSync(join(data, 'postmaster.pid'), { force: true })
    return startProcess(
      join(programs, 'postgres'),
      [
        ...['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder.path],
        ...['fsync=off', 'shared_buffers=32MB', 'listen_addresses=127.0.0.1', ...settings].flatMap((one) => [
          '-c',
          one,
        ]),
      ],
      user,
      folder,
    )
  }
  const answers = async (): Promise<boolean> => {
    const admin = postgres({ ...options, database: 'postgres', max: 1 })
    const isReady = await admin`SELECT 1`.then(Boolean, () => false)
    await admin.end({ timeout: 1 })
    return isReady
  }
  const server = await startServer({ name: 'PostgreSQL', folder, run, answers })
  const admin = postgres({ ...options, database: 'postgres', max: 1 })
  await admin.unsafe(`CREATE DATABASE ${DATABASE_NAME}`)
  await admin.end({ timeout: 1 })
  const sql = postgres({ ...options, database: DATABASE_NAME })
  return {
    ...server,
    port,
    password: PASSWORD,
    sql,
    connect: () => postgres({ ...options, database: DATABASE_NAME, max: 1 }),
    async stop() {
      server.resume()
      await sql.end({ timeout: 1 })
      await server.stop()
    },
  }
}

/** Debian has them on nobody's PATH, by version. */
function programFolder(): string {
  const parent = '/usr/lib/postgresql'
  const [newest] = readdirSync(parent).sort((one, other) => Number(other) - Number(one))
  return join(parent, newest ?? '', 'bin')
}
