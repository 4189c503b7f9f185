import type { Options, Sql } from 'postgres'
import type { SqlDatabaseConfig } from '../config/model.js'
import { tlsOptions } from '../config/tls-options.js'
import { answered, DEFAULT_LIMITS, NoAnswerError, type SourceLimits } from './answer-limit.js'
import type { AppRow, AppSource, AppVersion, OnChange } from './app-source.js'
import { loadDriver } from './optional-package.js'
import { PgsqlListener } from './pgsql-listener.js'
import { type RecordColumn, recordColumns, unavailable } from './sql-columns.js'

type Postgres = typeof import('postgres')

interface Row {
  readonly [column: string]: unknown
  readonly id: string
  readonly version: string
}

/** What is asked for, as the table allows. */
interface Shape {
  readonly columns: readonly RecordColumn[]
  /** SQL that tells the versions of a row apart. */
  readonly version: string
}

const PAGE_ROWS = 500
const PAGE_VERSIONS = 2000
const IDLE_SECONDS = 180
/** Never in a record. */
const SEPARATOR = "E'\\x01'"

/**
 * A table of PostgreSQL, as Sockudo's migrations make it. A row's version is its `xmin`, which every update changes, whoever makes it;
 * a view has none, and there `updated_at` counts, else the content.
 */
export class PgsqlSource implements AppSource {
  readonly #database: SqlDatabaseConfig
  readonly #limits: SourceLimits
  readonly #where: string
  readonly #table: string
  #sql: Sql | null = null
  #shape: Shape | null = null
  #listener: PgsqlListener | null = null
  #isClosed = false

  constructor(database: SqlDatabaseConfig, limits: SourceLimits = DEFAULT_LIMITS) {
    this.#database = database
    this.#limits = limits
    const { host, port, database: name, tableName } = database
    this.#where = `the table ${tableName} of the PostgreSQL database ${name} at ${host}:${port}`
    this.#table = tableOf(tableName)
  }

  async *pages(): AsyncGenerator<readonly AppRow[]> {
    const { columns, version } = await this.#lookAtTable()
    const selected = `${columns.map(quoted).join(', ')}, ${version} AS version`
    for await (const rows of this.#keyset(selected, PAGE_ROWS)) yield rows.map(toAppRow)
  }

  async *versions(): AsyncGenerator<readonly AppVersion[]> {
    const { version } = await this.#lookAtTable()
    for await (const rows of this.#keyset(`"id", ${version} AS version`, PAGE_VERSIONS)) {
      yield rows.map(({ id, version: text }) => ({ id: String(id), version: text }))
    }
  }

  async fingerprint(): Promise<string | null> {
    const { version } = this.#shape ?? (await this.#lookAtTable())
    const [row] = await this.#ask<{ readonly fingerprint: string }>(
      `SELECT count(*) || ':' || coalesce(sum(hashtextextended("id"::text || ${SEPARATOR} || ${version}, 0)), 0) AS fingerprint FROM ${this.#table}`,
    )
    return row?.fingerprint ?? null
  }

  async find(ids: readonly string[]): Promise<readonly AppRow[]> {
    if (ids.length === 0) return []
    const { columns, version } = this.#shape ?? (await this.#lookAtTable())
    const places = ids.map((_, index) => `$${index + 1}`).join(', ')
    const rows = await this.#ask<Row>(
      `SELECT ${columns.map(quoted).join(', ')}, ${version} AS version FROM ${this.#table} WHERE "id" IN (${places})`,
      ids,
    )
    return rows.map(toAppRow)
  }

  watch(onChange: OnChange): void {
    if (this.#isClosed) return
    this.#listener ??= new PgsqlListener(() => this.#connect({ max: 1, idle_timeout: 0, backoff: () => 1 }), onChange)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#listener?.close()
    await this.#disconnect()
  }

  async *#keyset(selected: string, rows: number): AsyncGenerator<readonly Row[]> {
    let last: string | null = null
    for (;;) {
      const after: string = last === null ? '' : 'WHERE "id" > $1'
      const page: readonly Row[] = await this.#ask<Row>(
        `SELECT ${selected} FROM ${this.#table} ${after} ORDER BY "id" LIMIT ${rows}`,
        last === null ? [] : [last],
      )
      if (page.length > 0) yield page
      if (page.length < rows) return
      last = String(page.at(-1)?.id)
    }
  }

  /** Asks before every complete read, for a migration may have come in between. */
  async #lookAtTable(): Promise<Shape> {
    const rows = await this.#ask<{ readonly name: string }>(
      `SELECT attname::text AS name FROM pg_attribute
       WHERE attrelid = to_regclass($1) AND (attnum > 0 OR attname = 'xmin') AND NOT attisdropped
         AND has_column_privilege(attrelid, attnum, 'SELECT')`,
      [this.#table],
    )
    const found = new Set(rows.map(({ name }) => name))
    const columns = recordColumns(found, this.#where)
    this.#shape = { columns, version: versionOf(found, columns) }
    return this.#shape
  }

  async #ask<Answer extends object>(query: string, values: readonly string[] = []): Promise<readonly Answer[]> {
    if (this.#isClosed) throw unavailable(this.#where, new Error('the app manager is closed'))
    try {
      this.#sql ??= this.#connect({ max: this.#database.poolMax, idle_timeout: IDLE_SECONDS, backoff: () => 0 })
      const answer = Promise.resolve(this.#sql.unsafe(query, [...values]))
      return (await answered(answer, this.#limits.answerMs)) as unknown as readonly Answer[]
    } catch (error) {
      // A table that has changed is looked at again, and connections that do not answer are not used again.
      this.#shape = null
      if (error instanceof NoAnswerError) await this.#disconnect()
      throw unavailable(this.#where, error)
    }
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

function versionOf(found: ReadonlySet<string>, columns: readonly RecordColumn[]): string {
  if (found.has('xmin')) return 'xmin::text'
  const content = columns.map((name) => `coalesce(${quoted(name)}::text, ${SEPARATOR})`).join(` || ${SEPARATOR} || `)
  return found.has('updated_at') ? `coalesce("updated_at"::text, md5(${content}))` : `md5(${content})`
}

function toAppRow({ version, ...record }: Row): AppRow {
  const id = String(record.id)
  return { id, version, record: { ...record, id } }
}

function quoted(name: string): string {
  return `"${name}"`
}

/** Sockudo puts the name into its statements as it is: a schema may stand before it, and upper case counts only in quotes. */
function tableOf(name: string): string {
  const isPlain = /^(?:"[^"]+"|[\p{L}_][\p{L}\p{N}_$]*)(?:\.(?:"[^"]+"|[\p{L}_][\p{L}\p{N}_$]*))*$/u.test(name)
  return isPlain ? name : `"${name.replaceAll('"', '""')}"`
}
