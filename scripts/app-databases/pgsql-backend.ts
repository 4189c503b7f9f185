import { pgsqlSource } from '../../src/apps/pgsql.js'
import { parseConfig } from '../../src/config/index.js'
import { type PostgresqlServer, startPostgresql } from '../servers/postgresql.js'
import type { Backend } from './backend.js'
import { POSTGRESQL_TABLE } from './sockudo-tables.js'
import { completeRows, sqlBackend } from './sql-backend.js'

export interface PgsqlBackend extends Backend, Pick<PostgresqlServer, 'sql' | 'connect'> {}

export async function startPgsqlBackend(settings: readonly string[] = []): Promise<PgsqlBackend> {
  const server = await startPostgresql(settings)
  const { sql } = server
  await sql.unsafe(POSTGRESQL_TABLE)
  const shared = sqlBackend('postgres', server, (statement) => sql.unsafe(statement), POSTGRESQL_TABLE)
  const { database } = parseConfig(shared.config)
  return {
    ...shared,
    driver: 'pgsql',
    sql,
    connect: () => server.connect(),
    source: (limits) => pgsqlSource(database.postgres, limits),
    async insert(...records) {
      const { rows, names } = completeRows(records)
      const list = names.map((name) => `"${name}"`).join(', ')
      await sql.unsafe(
        `INSERT INTO applications (${list}) SELECT ${list} FROM jsonb_populate_recordset(NULL::applications, $1::text::jsonb)`,
        [JSON.stringify(rows)],
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
  }
}
