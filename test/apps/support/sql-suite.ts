import { suite, type uvu } from 'uvu'
import * as assert from 'uvu/assert'
import type { Backend } from '../../../scripts/app-databases/backend.js'
import type { SourceLimits } from '../../../src/apps/answer-limit.js'
import type { SqlSource } from '../../../src/apps/sql-source.js'
import { parseConfig } from '../../../src/config/index.js'
import type { SqlDatabaseConfig } from '../../../src/config/model.js'
import { record } from './records.js'

/** What is different with each SQL database. */
export interface SqlKind<Server extends Backend> {
  readonly name: string
  start(): Promise<Server>
  run(backend: Server, statements: string): Promise<unknown>
  open(database: SqlDatabaseConfig, limits?: SourceLimits): SqlSource
  readonly section: 'mysql' | 'postgres'
  readonly key: string
  readonly dropTable: string
  /** Makes a user `reader` with the password `r`, who may read the columns of a record. */
  readonly grantToReader: string
  readonly wrongPassword: RegExp
}

export interface SqlContext<Server extends Backend> {
  backend: Server
  source: SqlSource
}

export async function all<Item>(pages: AsyncIterable<readonly Item[]>): Promise<Item[]> {
  const items: Item[] = []
  for await (const page of pages) items.push(...page)
  return items
}

/** What every table of a SQL database does that is not as Sockudo makes it. Each test makes its own table. */
export function sqlSuite<Server extends Backend>(kind: SqlKind<Server>): uvu.Test<SqlContext<Server>> {
  const test = suite<SqlContext<Server>>(`a table of ${kind.name}`)
  const minimal = `id VARCHAR(255) PRIMARY KEY, ${kind.key} VARCHAR(255) NOT NULL`
  const openAs = ({ backend }: SqlContext<Server>, user: Partial<SqlDatabaseConfig> = {}): SqlSource => {
    return kind.open({ ...parseConfig(backend.config).database[kind.section], ...user })
  }

  test.before(async (context) => {
    context.backend = await kind.start()
  })
  test.before.each(async ({ backend }) => void (await kind.run(backend, kind.dropTable)))
  test.after.each(({ source }) => source.close())
  test.after(({ backend }) => backend.stop())

  test('needs no other columns than id, key and secret', async (context) => {
    await kind.run(context.backend, `CREATE TABLE applications (${minimal}, secret VARCHAR(255) NOT NULL)`)
    await kind.run(context.backend, "INSERT INTO applications VALUES ('a', 'k', 's')")
    context.source = openAs(context)
    assert.equal(
      (await all(context.source.pages())).map((row) => 'record' in row && row.record),
      [{ id: 'a', key: 'k', secret: 's' }],
    )
  })

  test('a missing column is named', async (context) => {
    await kind.run(context.backend, `CREATE TABLE applications (${minimal})`)
    context.source = openAs(context)
    const error: unknown = await all(context.source.pages()).catch((reason: unknown) => reason)
    assert.is((error as { code: string }).code, 'APP_MANAGER_TABLE')
    assert.match(String(error), /lacks the column secret/)
  })

  test('needs no more than SELECT on the columns that it reads', async (context) => {
    const { backend } = context
    await backend.createTable()
    await backend.insert(record('a'))
    await kind.run(backend, kind.grantToReader)
    context.source = openAs(context, { username: 'reader', password: 'r' })
    assert.equal(
      (await all(context.source.pages())).map(({ id }) => id),
      ['a'],
    )
  })

  test('a wrong password is an error that waiting does not help, and does not show it', async (context) => {
    context.source = openAs(context, { password: 'guessed-wrong' })
    const error: unknown = await all(context.source.pages()).catch((reason: unknown) => reason)
    assert.is((error as { code: string }).code, 'APP_MANAGER_UNUSABLE')
    assert.match(String(error), kind.wrongPassword)
    assert.not.match(String(error), /guessed/)
  })

  return test
}
