import { join } from 'node:path'
import mysql, { type Connection, type Pool } from 'mysql2/promise'
import { answered } from '../../src/apps/answer-limit.js'
import { freePort } from '../free-port.js'
import { temporaryFolder } from '../temporary-folder.js'
import { findProgram } from './find-program.js'
import { DATABASE_NAME, DATABASE_USER, type DatabaseServer } from './postgresql.js'
import { startServer } from './restartable-server.js'
import { giveTo, runOnce, type ServerProcess, startProcess, unprivilegedUser } from './server-process.js'

export interface MariadbServer extends DatabaseServer {
  /** As its owner; for statements of tests. */
  readonly sql: Pool
  /** One connection more. */
  connect(): Promise<Connection>
}

const READY_MS = 5000
const PASSWORD = 'p4ss word:/?#@'

/** Starts a MariaDB of its own on 127.0.0.1, with an empty database. */
export async function startMariadb(settings: readonly string[] = []): Promise<MariadbServer> {
  const folder = temporaryFolder()
  const user = unprivilegedUser('mysql')
  const data = join(folder.path, 'data')
  giveTo(user, folder.path)
  const installing = [`--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db']
  await runOnce(findProgram('mariadb-install-db'), ['--no-defaults', ...installing], user)
  const initFile = folder.write(
    'init.sql',
    `CREATE DATABASE IF NOT EXISTS ${DATABASE_NAME} CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS '${DATABASE_USER}'@'127.0.0.1' IDENTIFIED BY '${PASSWORD}';
GRANT ALL ON *.* TO '${DATABASE_USER}'@'127.0.0.1' WITH GRANT OPTION;
`,
  )
  giveTo(user, initFile)
  const port = await freePort()
  const run = (): ServerProcess =>
    startProcess(
      findProgram('mariadbd'),
      [
        ...['--no-defaults', `--datadir=${data}`, `--port=${port}`, '--bind-address=127.0.0.1'],
        ...[`--socket=${folder.path}/socket`, `--pid-file=${folder.path}/pid`, `--init-file=${initFile}`],
        ...['--skip-name-resolve', '--innodb-flush-log-at-trx-commit=2', '--innodb-buffer-pool-size=16M', ...settings],
      ],
      user,
      folder,
    )
  const options = { host: '127.0.0.1', port, user: DATABASE_USER, password: PASSWORD, connectTimeout: 5000 }
  const connects = async (): Promise<boolean> => {
    const connection = await mysql.createConnection({ ...options, database: DATABASE_NAME })
    await connection.end()
    return true
  }
  // A server that is only just starting may close the connection in a moment in which the driver settles nothing.
  const answers = () => answered(connects(), READY_MS).catch(() => false)
  const server = await startServer({ name: 'MariaDB', folder, run, answers })
  const sql = mysql.createPool({ ...options, database: DATABASE_NAME, connectionLimit: 2, multipleStatements: true })
  return {
    ...server,
    port,
    password: PASSWORD,
    sql,
    connect: () => mysql.createConnection({ ...options, database: DATABASE_NAME }),
    async stop() {
      server.resume()
      await sql.end()
      await server.stop()
    },
  }
}
