import type { Pool, PoolConnection } from 'mysql2/promise'
import type { SqlDatabaseConfig } from '../config/model.js'
import { tlsOptions } from '../config/tls-options.js'
import { within } from '../time/within.js'
import { answered, DEFAULT_LIMITS, type SourceLimits } from './answer-limit.js'
import type { AppRow, AppSource, AppVersion, OnChange } from './app-source.js'
import { loadDriver } from './optional-package.js'
import { type RecordColumn, recordColumns, unavailable } from './sql-columns.js'

type Mysql = typeof import('mysql2/promise')

interface Row {
  readonly [column: string]: unknown
  readonly id: unknown
  readonly version: string
}

interface Column {
  readonly name: string
  readonly type: string
  readonly extra: string
  /** Both null: it holds no text. */
  readonly charset: string | null
  readonly collation: string | null
}

/** What is asked for, as the table allows. */
interface Shape {
  readonly columns: readonly RecordColumn[]
  /** SQL that tells the versions of a row apart. */
  readonly version: string
  /** SQL for an id that is asked for. */
  readonly askedId: string
}

const PAGE_ROWS = 500
const PAGE_VERSIONS = 2000
const IDLE_MS = 180_000
const GOODBYE_MS = 500
/** Within this time of an update, another one may leave the same time stamp, for it has whole seconds. */
const SETTLED_AFTER_S = 5
/** Every number of ids would be a statement of its own. */
const ID_COUNTS = [1, 10, 100, 500] as const

/**
 * A table of MySQL or MariaDB, as Sockudo's migrations make it. A row's version is its `updated_at` where the server itself keeps it; else,
 * and as long as a row has changed lately, its content.
 */
export class MysqlSource implements AppSource {
  readonly #database: SqlDatabaseConfig
  readonly #limits: SourceLimits
  readonly #where: string
  readonly #table: string
  /** Those that are open. */
  readonly #connections = new Set<{ destroy(): void }>()
  #pool: Pool | null = null
  #shape: Shape | null = null
  #isClosed = false

  constructor(database: SqlDatabaseConfig, limits: SourceLimits = DEFAULT_LIMITS) {
    this.#database = database
    this.#limits = limits
    const { host, port, database: name, tableName } = database
    this.#where = `the table ${tableName} of the MySQL database ${name} at ${host}:${port}`
    this.#table = quoted(tableName)
  }

  async *pages(): AsyncGenerator<readonly AppRow[]> {
    const { columns, version } = await this.#lookAtTable()
    const selected = `${columns.map(quoted).join(', ')}, ${version} AS version`
    for await (const rows of this.#keyset(selected, PAGE_ROWS)) yield rows.map(toAppRow)
  }

  async *versions(): AsyncGenerator<readonly AppVersion[]> {
    const { version } = await this.#lookAtTable()
    for await (const rows of this.#keyset(`\`id\`, ${version} AS version`, PAGE_VERSIONS)) {
      yield rows.map(({ id, version: text }) => ({ id: String(id), version: text }))
    }
  }

  async fingerprint(): Promise<string | null> {
    const { version } = this.#shape ?? (await this.#lookAtTable())
    const hash = `CAST(CONV(LEFT(MD5(CONCAT(MD5(\`id\`), ${version})), 16), 16, 10) AS UNSIGNED)`
    const [row] = await this.#ask<{ readonly apps: number; readonly hash: unknown }>(
      `SELECT COUNT(*) AS apps, CAST(COALESCE(BIT_XOR(${hash}), 0) AS CHAR) AS hash FROM ${this.#table}`,
    )
    return row === undefined ? null : `${row.apps}:${row.hash}`
  }

  async find(ids: readonly string[]): Promise<readonly AppRow[]> {
    if (ids.length === 0) return []
    const { columns, version, askedId } = this.#shape ?? (await this.#lookAtTable())
    const count = ID_COUNTS.find((most) => most >= ids.length) ?? ids.length
    const last = ids.at(-1) ?? ''
    const rows = await this.#ask<Row>(
      `SELECT ${columns.map(quoted).join(', ')}, ${version} AS version FROM ${this.#table} WHERE \`id\` IN (${Array(count).fill(askedId).join(', ')})`,
      [...ids, ...Array<string>(count - ids.length).fill(last)],
    )
    // The usual collations take ids for equal that differ in case.
    const wanted = new Set(ids)
    return rows.map(toAppRow).filter(({ id }) => wanted.has(id))
  }

  watch(_onChange: OnChange): void {
    // Neither MySQL nor MariaDB reports changes to a client that may only read.
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const pool = this.#pool
    if (pool !== null) await within(pool.end(), GOODBYE_MS)
    for (const connection of this.#connections) connection.destroy()
  }

  async *#keyset(selected: string, rows: number): AsyncGenerator<readonly Row[]> {
    let last: string | null = null
    for (;;) {
      const after: string = last === null ? '' : 'WHERE `id` > ?'
      const page: readonly Row[] = await this.#ask<Row>(
        `SELECT ${selected} FROM ${this.#table} ${after} ORDER BY \`id\` LIMIT ${rows}`,
        last === null ? [] : [last],
      )
      if (page.length > 0) yield page
      if (page.length < rows) return
      last = String(page.at(-1)?.id)
    }
  }

  /** Asks before every complete read, for a migration may have come in between. */
  async #lookAtTable(): Promise<Shape> {
    const rows = await this.#ask<Column>(
      `SELECT COLUMN_NAME AS name, DATA_TYPE AS type, EXTRA AS extra, CHARACTER_SET_NAME AS charset, COLLATION_NAME AS collation
       FROM information_schema.COLUMNS
       WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?`,
      [this.#database.tableName],
    )
    const columns = recordColumns(new Set(rows.map(({ name }) => name)), this.#where)
    this.#shape = { columns, version: versionOf(rows, columns), askedId: askedIdOf(rows) }
    return this.#shape
  }

  async #ask<Answer>(query: string, values: readonly string[] = []): Promise<readonly Answer[]> {
    try {
      const connection = await this.#connection()
      try {
        const [rows] = await answered(connection.execute(query, [...values]), this.#limits.answerMs)
        connection.release()
        return rows as unknown as readonly Answer[]
      } catch (error) {
        connection.destroy()
        throw error
      }
    } catch (error) {
      this.#shape = null
      throw unavailable(this.#where, error)
    }
  }

  async #connection(): Promise<PoolConnection> {
    if (this.#isClosed) throw new Error('the app manager is closed')
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

function toAppRow({ version, ...record }: Row): AppRow {
  const id = String(record.id)
  return { id, version, record: { ...record, id } }
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
