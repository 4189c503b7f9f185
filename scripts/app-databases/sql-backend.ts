import type { ConfigInput } from '../../src/index.js'
import { DATABASE_NAME, DATABASE_USER, type DatabaseServer } from '../servers/postgresql.js'
import type { Backend, StoredRecord } from './backend.js'

/** Columns that must be given and that nobody reads here. */
const DEFAULTS = { enabled: true, max_connections: 100, max_client_events_per_second: 10 }

/** What does not depend on the kind of the SQL database. */
export function sqlBackend(
  section: 'mysql' | 'postgres',
  server: DatabaseServer,
  run: (statement: string) => Promise<unknown>,
  createTable: string,
): Pick<
  Backend,
  'config' | 'configAt' | 'port' | 'server' | 'clear' | 'settle' | 'dropTable' | 'createTable' | 'stop'
> {
  const configAt = (port: number): ConfigInput => {
    const place = { host: '127.0.0.1', port, database: DATABASE_NAME }
    return { database: { [section]: { ...place, username: DATABASE_USER, password: server.password } } }
  }
  const statement = (text: string) => async (): Promise<void> => void (await run(text))
  const analyse = section === 'mysql' ? 'ANALYZE TABLE applications' : 'ANALYZE applications'
  return {
    config: configAt(server.port),
    configAt,
    port: server.port,
    server,
    clear: statement('DELETE FROM applications'),
    settle: statement(analyse),
    dropTable: statement('DROP TABLE applications'),
    createTable: statement(createTable),
    stop: () => server.stop(),
  }
}

/** Records with all that a row needs, and the columns that any of them has: an absent one is SQL's NULL. */
export function completeRows(records: readonly StoredRecord[]) {
  const rows: readonly StoredRecord[] = records.map((record) => ({ ...DEFAULTS, ...record }))
  return { rows, names: [...new Set(rows.flatMap((row) => Object.keys(row)))] }
}
