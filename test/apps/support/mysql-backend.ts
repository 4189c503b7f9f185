import { mysqlSource } from '../../../src/apps/mysql.js'
import { parseConfig } from '../../../src/config/index.js'
import { startMariadb } from '../../support/mariadb.js'
import { DATABASE_NAME, DATABASE_USER } from '../../support/postgresql.js'
import type { Backend } from './backend.js'
import { MYSQL_TABLE } from './sockudo-tables.js'

const DEFAULTS = { max_connections: 100, max_client_events_per_second: 10 }

type Value = string | number | boolean | null

export async function startMysqlBackend(
  settings: readonly string[] = [],
): Promise<Backend & { readonly sql: Awaited<ReturnType<typeof startMariadb>>['sql'] }> {
  const server = await startMariadb(settings)
  const { sql } = server
  await sql.query(MYSQL_TABLE)
  const config = {
    database: {
      mysql: {
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
    driver: 'mysql',
    sql,
    server,
    source: (limits) => mysqlSource(database.mysql, limits),
    async insert(...records) {
      const complete = records.map((record) => ({ enabled: true, ...DEFAULTS, ...record }))
      const names = [...new Set(complete.flatMap((record) => Object.keys(record)))]
      const rows = complete.map((record) => names.map((name) => stored((record as Record<string, unknown>)[name])))
      await sql.query(`INSERT INTO applications (${names.map((name) => `\`${name}\``).join(', ')}) VALUES ?`, [rows])
    },
    async update(id, values) {
      const list = Object.keys(values).map((name) => `\`${name}\` = ?`)
      await sql.query(`UPDATE applications SET ${list.join(', ')} WHERE id = ?`, [
        ...Object.values(values).map(stored),
        id,
      ])
    },
    remove: async (id) => void (await sql.query('DELETE FROM applications WHERE id = ?', [id])),
    clear: async () => void (await sql.query('DELETE FROM applications')),
    settle: async () => void (await sql.query('ANALYZE TABLE applications')),
    dropTable: async () => void (await sql.query('DROP TABLE applications')),
    createTable: async () => void (await sql.query(MYSQL_TABLE)),
    stop: () => server.stop(),
  }
}

/** JSON is stored as text; an absent value is SQL's NULL. */
function stored(value: unknown): Value {
  if (value === undefined || value === null) return null
  if (typeof value === 'object') return JSON.stringify(value)
  return value as Value
}
