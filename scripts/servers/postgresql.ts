import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { freePort } from '../free-port.js'
import { temporaryFolder } from '../temporary-folder.js'
import { type DatabaseProcess, giveTo, runOnce, startProcess, unprivilegedUser } from './database-process.js'
import { untilReady } from './until-ready.js'

export interface DatabaseServer {
  readonly port: number
  readonly password: string
  kill(): Promise<void>
  pause(): void
  resume(): void
  /** Starts it again on the same port, with the same data. */
  start(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
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
  const run = (): DatabaseProcess =>
    startProcess(
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
  const ready = async (): Promise<void> => {
    const admin = postgres({ ...options, database: 'postgres', max: 1 })
    await untilReady('PostgreSQL', () => admin`SELECT 1`.then(Boolean, () => false))
    await admin.end({ timeout: 1 })
  }
  let running = run()
  await ready()
  const admin = postgres({ ...options, database: 'postgres', max: 1 })
  await admin.unsafe(`CREATE DATABASE ${DATABASE_NAME}`)
  await admin.end({ timeout: 1 })
  const sql = postgres({ ...options, database: DATABASE_NAME })
  return {
    port,
    password: PASSWORD,
    sql,
    connect: () => postgres({ ...options, database: DATABASE_NAME, max: 1 }),
    kill: () => running.kill(),
    pause: () => running.pause(),
    resume: () => running.resume(),
    async start() {
      rmSync(join(data, 'postmaster.pid'), { force: true })
      running = run()
      await ready()
    },
    async stop() {
      running.resume()
      await sql.end({ timeout: 1 })
      await running.kill()
      folder.remove()
    },
  }
}

/** Debian has them on nobody's PATH, by version. */
function programFolder(): string {
  const parent = '/usr/lib/postgresql'
  const [newest] = readdirSync(parent).sort((one, other) => Number(other) - Number(one))
  return join(parent, newest ?? '', 'bin')
}
