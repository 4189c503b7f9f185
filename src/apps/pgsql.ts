import type { Options, Sql } from 'postgres'
import type { SqlDatabaseConfig } from '../config/model.js'
import { tlsOptions } from '../config/tls-options.js'
import { isLocalFault } from '../local-fault.js'
import { answered, DEFAULT_LIMITS, NoAnswerError, type SourceLimits } from './answer-limit.js'
import type { OnChange } from './app-source.js'
import { loadDriver } from './optional-package.js'
import { PgsqlListener } from './pgsql-listener.js'
import { sourceError } from './source-error.js'
import { type RecordColumn, recordColumns } from './sql-columns.js'
import { type SqlDriver, SqlSource, type SqlTable } from './sql-source.js'

type Postgres = typeof import('postgres')

const IDLE_SECONDS = 180
/** Never in a record. */
const SEPARATOR = "E'\\x01'"
/** SQLSTATE classes of errors of access, of a database that is not there, and of names. */
const LASTING_STATES = /^(?:28|3D|42)/

/** A table of PostgreSQL. */
export function pgsqlSource(database: SqlDatabaseConfig, limits: SourceLimits = DEFAULT_LIMITS): SqlSource {
  return new SqlSource(new PgsqlDriver(database, limits))
}

/**
 * A row's version is made of its `xmin`, which every update changes, whoever makes it; a view has none, and there `updated_at` counts,
 * else the content.
 */
class PgsqlDriver implements SqlDriver {
  readonly where: string
  readonly #database: SqlDatabaseConfig
  readonly #limits: SourceLimits
  #sql: Sql | null = null
  #listener: PgsqlListener | null = null

  constructor(database: SqlDatabaseConfig, limits: SourceLimits) {
    this.#database = database
    this.#limits = limits
    const { host, port, database: name, tableName } = database
    this.where = `the table ${tableName} of the PostgreSQL database ${name} at ${host}:${port}`
  }

  async describe(): Promise<SqlTable> {
    const table = tableOf(this.#database.tableName)
    const rows = await this.ask<{ readonly name: string }>(
      `SELECT attname::text AS name FROM pg_attribute
       WHERE attrelid = to_regclass($1) AND (attnum > 0 OR attname = 'xmin') AND NOT attisdropped
         AND has_column_privilege(attrelid, attnum, 'SELECT')`,
      [table],
    )
    const found = new Set(rows.map(({ name }) => name))
    const columns = recordColumns(found, this.where)
    return {
      name: table,
      columns,
      version: `hashtextextended("id"::text || ${SEPARATOR} || ${versionOf(found, columns)}, 0)`,
      askedId: (position) => `$${position}`,
      quoted,
      text: (expression) => `(${expression})::text`,
    }
  }

  async ask<Row>(query: string, values: readonly string[]): Promise<readonly Row[]> {
    try {
      this.#sql ??= this.#connect({ max: this.#database.poolMax, idle_timeout: IDLE_SECONDS, backoff: () => 0 })
      const answer = Promise.resolve(this.#sql.unsafe(query, [...values]))
      return (await answered(answer, this.#limits.answerMs)) as unknown as readonly Row[]
    } catch (error) {
      // Connections that do not answer are not used again.
      if (error instanceof NoAnswerError) await this.#disconnect()
      throw sourceError(this.where, error, isLasting(error))
    }
  }

  watch(onChange: OnChange): void {
    this.#listener ??= new PgsqlListener(() => this.#connect({ max: 1, idle_timeout: 0, backoff: () => 1 }), onChange)
  }

  async close(): Promise<void> {
    await this.#listener?.close()
    await this.#disconnect()
  }

  #connect(pool: Pick<Options<Record<never, never>>, 'max' | 'idle_timeout' | 'backoff'>): Sql {
    const { host, port, username, password, database } = this.#database
    const postgres = loadDriver<Postgres>('pgsql', 'postgres', '^3.4.0')
    const tls = tlsOptions(this.#database.tls)
    return postgres({
      ...pool,
      ...{ host, port, username, password, database },
      connect_timeout: Math.ceil(this.#limits.connectMs / 1000),
      // Poolers between here and the server know no prepared statements, and no array types are asked for.
      prepare: false,
      fetch_types: false,
      onnotice: () => undefined,
      ...(tls === null ? {} : { ssl: { ...tls, host } }),
    })
  }

  async #disconnect(): Promise<void> {
    const sql = this.#sql
    this.#sql = null
    await sql?.end({ timeout: 0 })
  }
}

function isLasting(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return LASTING_STATES.test(code) || isLocalFault(error)
}

function versionOf(found: ReadonlySet<string>, columns: readonly RecordColumn[]): string {
  if (found.has('xmin')) return 'xmin::text'
  const content = columns.map((name) => `coalesce(${quoted(name)}::text, ${SEPARATOR})`).join(` || ${SEPARATOR} || `)
  return found.has('updated_at') ? `coalesce("updated_at"::text, md5(${content}))` : `md5(${content})`
}

function quoted(name: string): string {
  return `"${name}"`
}

/** Sockudo puts the name into its statements as it is: a schema may stand before it, and upper case counts only in quotes. */
function tableOf(name: string): string {
  const isPlain = /^(?:"[^"]+"|[\p{L}_][\p{L}\p{N}_$]*)(?:\.(?:"[^"]+"|[\p{L}_][\p{L}\p{N}_$]*))*$/u.test(name)
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`
}
