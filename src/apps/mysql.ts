import type { Pool, PoolConnection } from 'mysql2/promise'
import type { SqlDatabaseConfig } from '../config/model.js'
import { tlsOptions } from '../config/tls-options.js'
import { isLocalFault } from '../local-fault.js'
import { within } from '../time/within.js'
import { answered, DEFAULT_LIMITS, type SourceLimits } from './answer-limit.js'
import type { OnChange } from './app-source.js'
import { loadDriver } from './optional-package.js'
import { sourceError } from './source-error.js'
import { type RecordColumn, recordColumns } from './sql-columns.js'
import { type SqlDriver, SqlSource, type SqlTable } from './sql-source.js'

type Mysql = typeof import('mysql2/promise')

interface Column {
  readonly name: string
  readonly type: string
  readonly extra: string
  /** Both null: it holds no text. */
  readonly charset: string | null
  readonly collation: string | null
}

const IDLE_MS = 180_000
const GOODBYE_MS = 500
/** Within this time of an update, another one may leave the same time stamp, for it has whole seconds. */
const SETTLED_AFTER_S = 5

/** Errors of access and of names: SQLSTATE classes 28 and 42. Too many connections of one user are in 42 as well, and pass. */
const LASTING_STATES = /^(?:28|42)/
const PASSING = new Set(['ER_TOO_MANY_USER_CONNECTIONS', 'ER_USER_LIMIT_REACHED'])
/** The same outside of those classes. */
const LASTING = new Set([
  'ER_HOST_NOT_PRIVILEGED',
  'ER_NOT_SUPPORTED_AUTH_MODE',
  'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
  'AUTH_SWITCH_PLUGIN_ERROR',
  'HANDSHAKE_NO_SSL_SUPPORT',
  'HANDSHAKE_SSL_ERROR',
])

/** A table of MySQL or MariaDB. */
export function mysqlSource(database: SqlDatabaseConfig, limits: SourceLimits = DEFAULT_LIMITS): SqlSource {
  return new SqlSource(new MysqlDriver(database, limits))
}

/**
 * A row's version is made of its `updated_at` where the server itself keeps it; else, and as long as a row has changed lately, of its
 * content.
 */
class MysqlDriver implements SqlDriver {
  readonly where: string
  readonly #database: SqlDatabaseConfig
  readonly #limits: SourceLimits
  /** Those that are open. */
  readonly #connections = new Set<{ destroy(): void }>()
  #pool: Pool | null = null

  constructor(database: SqlDatabaseConfig, limits: SourceLimits) {
    this.#database = database
    this.#limits = limits
    const { host, port, database: name, tableName } = database
    this.where = `the table ${tableName} of the MySQL database ${name} at ${host}:${port}`
  }

  async describe(): Promise<SqlTable> {
    const { tableName } = this.#database
    const found = await this.ask<Column>(
      `SELECT COLUMN_NAME AS name, DATA_TYPE AS type, EXTRA AS extra, CHARACTER_SET_NAME AS charset, COLLATION_NAME AS collation
       FROM information_schema.COLUMNS
       WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?`,
      [tableName],
    )
    const columns = recordColumns(new Set(found.map(({ name }) => name)), this.where)
    const version = `CONCAT(CAST(\`id\` AS BINARY), 0x01, ${versionOf(found, columns)})`
    const askedId = askedIdOf(found)
    return {
      name: quoted(tableName),
      columns,
      // 60 bits.
      version: `CAST(CONV(LEFT(MD5(${version}), 15), 16, 10) AS UNSIGNED)`,
      askedId: () => askedId,
      quoted,
      text: (expression) => `CAST(${expression} AS CHAR)`,
    }
  }

  async ask<Row>(query: string, values: readonly string[]): Promise<readonly Row[]> {
    try {
      const connection = await this.#connection()
      try {
        const [rows] = await answered(connection.execute(query, [...values]), this.#limits.answerMs)
        connection.release()
        return rows as unknown as readonly Row[]
      } catch (error) {
        connection.destroy()
        throw error
      }
    } catch (error) {
      throw sourceError(this.where, error, isLasting(error))
    }
  }

  watch(_onChange: OnChange): void {
    // Neither MySQL nor MariaDB reports changes to a client that may only read.
  }

  async close(): Promise<void> {
    const pool = this.#pool
    if (pool !== null) await within(pool.end(), GOODBYE_MS)
    for (const connection of this.#connections) connection.destroy()
  }

  async #connection(): Promise<PoolConnection> {
    this.#pool ??= this.#createPool()
    const connection = this.#pool.getConnection()
    try {
      return await answered(connection, this.#limits.connectMs + this.#limits.answerMs)
    } catch (error) {
      connection.then(
        (late) => late.release(),
        () => undefined,
      )
      throw error
    }
  }

  #createPool(): Pool {
    const { host, port, username, password, database, poolMin, poolMax } = this.#database
    const place = host.startsWith('/') ? { socketPath: host } : { host, port }
    const tls = tlsOptions(this.#database.tls)
    const pool = loadDriver<Mysql>('mysql', 'mysql2/promise', '^3.24.0').createPool({
      ...place,
      ...{ user: username, password, database },
      connectTimeout: this.#limits.connectMs,
      ...(tls === null ? {} : { ssl: { ...tls, verifyIdentity: tls.rejectUnauthorized } }),
      connectionLimit: poolMax,
      maxIdle: poolMin,
      idleTimeout: IDLE_MS,
      // The text is read as every other record's is.
      jsonStrings: true,
    })
    pool.on('connection', (connection) => {
      this.#connections.add(connection)
      connection.on('end', () => this.#connections.delete(connection))
    })
    return pool
  }
}

function isLasting(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code = '', sqlState = '' } = error as Error & { readonly code?: string; readonly sqlState?: string }
  if (PASSING.has(code)) return false
  return LASTING.has(code) || LASTING_STATES.test(sqlState) || isLocalFault(error)
}

function versionOf(found: readonly Column[], columns: readonly RecordColumn[]): string {
  // Texts of different character sets cannot be joined, their hashes can.
  const hashes = columns.map((name) => `IFNULL(MD5(${quoted(name)}), '-')`)
  const content = `MD5(CONCAT(${hashes.join(', ')}))`
  const updatedAt = found.find(({ name }) => name === 'updated_at')
  const isKept = updatedAt?.type === 'timestamp' && /on update current_timestamp/i.test(updatedAt.extra)
  if (!isKept) return content
  const isRecent = `\`updated_at\` IS NULL OR \`updated_at\` >= NOW() - INTERVAL ${SETTLED_AFTER_S} SECOND`
  return `IF(${isRecent}, ${content}, CONCAT('', UNIX_TIMESTAMP(\`updated_at\`)))`
}

/** A text that the column's character set does not have cannot be compared with it: it is converted, and then equals no id. */
function askedIdOf(found: readonly Column[]): string {
  const { charset, collation } = found.find(({ name }) => name === 'id') ?? {}
  return charset == null || collation == null ? '?' : `CONVERT(? USING ${charset}) COLLATE ${collation}`
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
