import { AppManagerError } from '../errors.js'
import {
  ALL_IDS,
  type AppRow,
  type AppSource,
  type AppVersion,
  type Fingerprint,
  type IdRange,
  type OnChange,
} from './app-source.js'
import type { RecordColumn } from './sql-columns.js'

/** What can be asked of a table. All but the names of columns is SQL of the database's own kind. */
export interface SqlTable {
  readonly name: string
  readonly columns: readonly RecordColumn[]
  /** A whole number for each row: another one for each id, and for each version of the row. */
  readonly version: string
  /** An id that is asked for. @param position of the value among those of the statement, from 1 */
  readonly askedId: (position: number) => string
  /** A name of a column. */
  readonly quoted: (name: string) => string
  /** What an expression says, as text. */
  readonly text: (expression: string) => string
}

/** A database that is asked in SQL. What it rejects with are `AppManagerError`s. */
export interface SqlDriver {
  /** Names the table, for messages. */
  readonly where: string
  /** Looks at the table as it is now. */
  describe(): Promise<SqlTable>
  /** Asks once, within the limits. */
  ask<Row>(query: string, values: readonly string[]): Promise<readonly Row[]>
  watch(onChange: OnChange): void
  close(): Promise<void>
}

interface Row {
  readonly [column: string]: unknown
  readonly id: unknown
  readonly version: string
}

const PAGE_ROWS = 500
const PAGE_VERSIONS = 2000
/** Every number of ids would be a statement of its own. */
const ID_COUNTS = [1, 10, 100, 500] as const

/** A table of a SQL database, as Sockudo's migrations make it. It is read by the order of its key. */
export class SqlSource implements AppSource {
  readonly #driver: SqlDriver
  /** As it was when it was last looked at; null: it may have changed. */
  #table: SqlTable | null = null
  #isClosed = false

  constructor(driver: SqlDriver) {
    this.#driver = driver
  }

  async *pages(): AsyncGenerator<readonly AppRow[]> {
    // A migration may have come since.
    const table = await this.#look()
    for await (const rows of this.#keyset(table, recordOf(table), ALL_IDS, PAGE_ROWS)) yield rows.map(toAppRow)
  }

  async *versions(range: IdRange): AsyncGenerator<readonly AppVersion[]> {
    const table = await this.#look()
    const selected = `${table.quoted('id')}, ${table.text(table.version)} AS version`
    for await (const rows of this.#keyset(table, selected, range, PAGE_VERSIONS)) {
      yield rows.map(({ id, version }) => ({ id: String(id), version }))
    }
  }

  async fingerprint(range: IdRange): Promise<Fingerprint> {
    const table = this.#table ?? (await this.#look())
    const { condition, values } = within(table, range)
    const sum = table.text(`COALESCE(SUM(${table.version}), 0)`)
    const [row] = await this.#ask<{ readonly apps: unknown; readonly sum: string }>(
      `SELECT ${table.text('COUNT(*)')} AS apps, ${sum} AS sum FROM ${table.name} ${condition}`,
      values,
    )
    return { apps: Number(row?.apps ?? 0), sum: BigInt(row?.sum ?? 0) }
  }

  async find(ids: readonly string[]): Promise<readonly AppRow[]> {
    if (ids.length === 0) return []
    const table = this.#table ?? (await this.#look())
    const count = ID_COUNTS.find((most) => most >= ids.length) ?? ids.length
    const values = [...ids, ...Array<string>(count - ids.length).fill(ids.at(-1) ?? '')]
    const asked = values.map((_, index) => table.askedId(index + 1)).join(', ')
    const rows = await this.#ask<Row>(
      `SELECT ${recordOf(table)} FROM ${table.name} WHERE ${table.quoted('id')} IN (${asked})`,
      values,
    )
    // The usual collations of MySQL take ids for equal that differ in case.
    const wanted = new Set(ids)
    return rows.map(toAppRow).filter(({ id }) => wanted.has(id))
  }

  watch(onChange: OnChange): void {
    if (!this.#isClosed) this.#driver.watch(onChange)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#driver.close()
  }

  async *#keyset(table: SqlTable, selected: string, range: IdRange, most: number): AsyncGenerator<readonly Row[]> {
    let { after } = range
    for (;;) {
      const { condition, values } = within(table, { after, upTo: range.upTo })
      const page: readonly Row[] = await this.#ask<Row>(
        `SELECT ${selected} FROM ${table.name} ${condition} ORDER BY ${table.quoted('id')} LIMIT ${most}`,
        values,
      )
      if (page.length > 0) yield page
      if (page.length < most) return
      after = String(page.at(-1)?.id)
    }
  }

  async #look(): Promise<SqlTable> {
    this.#refuseIfClosed()
    this.#table = null
    const table = await this.#driver.describe()
    this.#table = table
    return table
  }

  async #ask<Answer>(query: string, values: readonly string[]): Promise<readonly Answer[]> {
    this.#refuseIfClosed()
    try {
      return await this.#driver.ask<Answer>(query, values)
    } catch (error) {
      this.#table = null
      throw error
    }
  }

  #refuseIfClosed(): void {
    if (!this.#isClosed) return
    const reason = `${this.#driver.where} is not read any more: the app manager is closed`
    throw new AppManagerError('APP_MANAGER_UNAVAILABLE', reason)
  }
}

function recordOf({ columns, quoted, version, text }: SqlTable): string {
  return `${columns.map(quoted).join(', ')}, ${text(version)} AS version`
}

function within({ quoted, askedId }: SqlTable, { after, upTo }: IdRange) {
  const bounds = [
    { operator: '>', id: after },
    { operator: '<=', id: upTo },
  ].filter((bound): bound is { operator: string; id: string } => bound.id !== null)
  const conditions = bounds.map(({ operator }, index) => `${quoted('id')} ${operator} ${askedId(index + 1)}`)
  const condition = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
  return { condition, values: bounds.map(({ id }) => id) }
}

function toAppRow({ version, ...record }: Row): AppRow {
  const id = String(record.id)
  return { id, version, record: { ...record, id } }
}
