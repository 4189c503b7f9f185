import { mysqlSource } from '../../src/apps/mysql.js'
import { parseConfig } from '../../src/config/index.js'
import { startMariadb } from '../servers/mariadb.js'
import type { Backend } from './backend.js'
import { MYSQL_TABLE } from './sockudo-tables.js'
import { completeRows, sqlBackend } from './sql-backend.js'

type Value = string | number | boolean | null

export interface MysqlBackend extends Backend, Pick<Awaited<ReturnType<typeof startMariadb>>, 'sql' | 'connect'> {}

export async function startMysqlBackend(settings: readonly string[] = []): Promise<MysqlBackend> {
  const server = await startMariadb(settings)
  const { sql } = server
  await sql.query(MYSQL_TABLE)
  const shared = sqlBackend('mysql', server, (statement) => sql.query(statement), MYSQL_TABLE)
  const { database } = parseConfig(shared.config)
  return {
    ...shared,
    driver: 'mysql',
    sql,
    connect: () => server.connect(),
    source: (limits) => mysqlSource(database.mysql, limits),
    async insert(...records) {
      const { rows, names } = completeRows(records)
      const values = rows.map((row) => names.map((name) => stored(row[name])))
      await sql.query(`INSERT INTO applications (${names.map((name) => `\`${name}\``).join(', ')}) VALUES ?`, [values])
    },
    async update(id, values) {
      const list = Object.keys(values).map((name) => `\`${name}\` = ?`)
      await sql.query(`UPDATE applications SET ${list.join(', ')} WHERE id = ?`, [
        ...Object.values(values).map(stored),
        id,
      ])
    },
    remove: async (id) => void (await sql.query('DELETE FROM applications WHERE id = ?', [id])),
  }
}

/** JSON is stored as text; an absent value is SQL's NULL. */
function stored(value: unknown): Value {
  if (value === undefined || value === null) return null
  if (typeof value === 'object') return JSON.stringify(value)
  return value as Value
}
