import { pgsqlSource } from '../../../src/apps/pgsql.js'
import { parseConfig } from '../../../src/config/index.js'
import { DATABASE_NAME, DATABASE_USER, type PostgresqlServer, startPostgresql } from '../../support/postgresql.js'
import type { Backend } from './backend.js'
import { POSTGRESQL_TABLE } from './sockudo-tables.js'

const DEFAULTS = { max_connections: 100, max_client_events_per_second: 10 }

export interface PgsqlBackend extends Backend, Pick<PostgresqlServer, 'sql' | 'connect'> {}

export async function startPgsqlBackend(settings: readonly string[] = []): Promise<PgsqlBackend> {
  const server = await startPostgresql(settings)
  const { sql } = server
  await sql.unsafe(POSTGRESQL_TABLE)
  const config = {
    database: {
      postgres: {
        host: '127.0.0.1',
        port: server.port,
        username: DATABASE_USER,
        password: server.password,
        database: DATABASE_NAME,
      },
    },
  }
  const { database } = parseConfig(config)
  return {
    config,
    driver: 'pgsql',
    sql,
    connect: () => server.connect(),
    server,
    source: (limits) => pgsqlSource(database.postgres, limits),
    async insert(...records) {
      const stored = JSON.stringify(records.map((record) => ({ enabled: true, ...DEFAULTS, ...record })))
      // An absent column of a record is SQL's NULL.
      const names = [...new Set(records.flatMap((record) => Object.keys({ enabled: true, ...DEFAULTS, ...record })))]
      const list = names.map((name) => `"${name}"`).join(', ')
      await sql.unsafe(
        `INSERT INTO applications (${list}) SELECT ${list} FROM jsonb_populate_recordset(NULL::applications, $1::text::jsonb)`,
        [stored],
      )
    },
    async update(id, values) {
      const names = Object.keys(values)
      const list = names.map((name) => `"${name}" = changed."${name}"`).join(', ')
      await sql.unsafe(
        `UPDATE applications SET ${list}
         FROM jsonb_populate_record(NULL::applications, $1::text::jsonb) AS changed WHERE applications.id = $2`,
        [JSON.stringify(values), id],
      )
    },
    remove: async (id) => void (await sql`DELETE FROM applications WHERE id = ${id}`),
    clear: async () => void (await sql`DELETE FROM applications`),
    settle: async () => void (await sql`ANALYZE applications`),
    dropTable: async () => void (await sql`DROP TABLE applications`),
    createTable: async () => void (await sql.unsafe(POSTGRESQL_TABLE)),
    stop: () => server.stop(),
  }
}
