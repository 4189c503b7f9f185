import { chmodSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { type MysqlBackend, startMysqlBackend } from '../../scripts/app-databases/mysql-backend.js'
import { makeCertificate } from '../../scripts/certificate.js'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { ALL_IDS } from '../../src/apps/app-source.js'
import { mysqlSource } from '../../src/apps/mysql.js'
import type { SqlSource } from '../../src/apps/sql-source.js'
import { parseConfig } from '../../src/config/index.js'
import { sourceContractSuite } from './support/source-contract.js'
import { all, sqlSuite } from './support/sql-suite.js'

const contract = sourceContractSuite(() => startMysqlBackend())
contract.run()

const test = sqlSuite<MysqlBackend>({
  name: 'MySQL',
  start: () => startMysqlBackend(),
  run: ({ sql }, statements) => sql.query(statements),
  open: mysqlSource,
  section: 'mysql',
  key: '`key`',
  dropTable: 'DROP TABLE IF EXISTS applications',
  grantToReader:
    "CREATE OR REPLACE USER 'reader'@'127.0.0.1' IDENTIFIED BY 'r'; GRANT SELECT (id, `key`, secret, enabled, webhooks, policy, updated_at) ON sockudo.applications TO 'reader'@'127.0.0.1'",
  wrongPassword: /Access denied/,
})

const MINIMAL = 'id VARCHAR(255) PRIMARY KEY, `key` VARCHAR(255) NOT NULL, secret VARCHAR(255) NOT NULL'

async function versionsOf(context: { backend: MysqlBackend; source: SqlSource }, statements: readonly string[]) {
  context.source = context.backend.source() as SqlSource
  const versions = new Set<string | undefined>()
  for (const statement of statements) {
    await context.backend.sql.query(statement)
    versions.add((await all(context.source.versions(ALL_IDS)))[0]?.version)
  }
  return versions.size
}

test('without updated_at the content tells versions apart', async (context) => {
  await context.backend.sql.query(`CREATE TABLE applications (${MINIMAL}, webhooks TEXT, policy TEXT)`)
  const statements = [
    "INSERT INTO applications VALUES ('a', 'k', 's', NULL, NULL)",
    "UPDATE applications SET webhooks = '[]'",
    "UPDATE applications SET webhooks = NULL, policy = '[]'",
    "UPDATE applications SET policy = NULL, secret = 't'",
  ]
  assert.is(await versionsOf(context, statements), 4)
})

test('an updated_at that the server does not keep is not relied upon', async (context) => {
  await context.backend.sql.query(
    `CREATE TABLE applications (${MINIMAL}, updated_at TIMESTAMP NOT NULL DEFAULT '2020-01-01 00:00:00')`,
  )
  const statements = [
    "INSERT INTO applications (id, `key`, secret) VALUES ('a', 'k', 's')",
    "UPDATE applications SET secret = 't'",
  ]
  assert.is(await versionsOf(context, statements), 2)
})

test('a row that has settled is told apart by its time stamp', async (context) => {
  await context.backend.sql.query(
    `CREATE TABLE applications (${MINIMAL}, updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)`,
  )
  const statements = [
    "INSERT INTO applications VALUES ('a', 'k', 's', '2020-01-01 00:00:00')",
    "UPDATE applications SET updated_at = '2020-01-01 00:00:01'",
  ]
  assert.is(await versionsOf(context, statements), 2)
})

test('columns of different character sets are read', async (context) => {
  const { backend } = context
  await backend.sql.query(
    'CREATE TABLE applications (id VARCHAR(255) CHARACTER SET latin1 PRIMARY KEY, `key` VARCHAR(255) CHARACTER SET ascii, secret VARCHAR(255))',
  )
  await backend.sql.query("INSERT INTO applications VALUES ('é', 'k', 'Ω')")
  context.source = backend.source() as SqlSource
  const [first] = await all(context.source.pages())
  const found = await context.source.find(['Ω', 'é', '?'])
  assert.equal(
    [
      first !== undefined && 'record' in first && first.record,
      (await context.source.fingerprint(ALL_IDS)) !== null,
      found.map(({ id }) => id),
    ],
    [{ id: 'é', key: 'k', secret: 'Ω' }, true, ['é']],
  )
})

test('is read by TLS, by a certificate that is trusted alone', async (context) => {
  const { cert, key } = await makeCertificate()
  const folder = temporaryFolder()
  chmodSync(folder.path, 0o755)
  const ca = folder.write('ca.pem', cert)
  const backend = await startMysqlBackend([`--ssl-cert=${ca}`, `--ssl-key=${folder.write('key.pem', key)}`])
  const sourceWith = (tls: Readonly<Record<string, unknown>>) => {
    const config = { ...backend.config.database?.mysql, tls: { enabled: true, ...tls } }
    return mysqlSource(parseConfig({ database: { mysql: config } }).database.mysql)
  }
  const trusting = sourceWith({ ca_path: ca })
  const apps = await all(trusting.pages())
  await trusting.close()
  context.source = sourceWith({})
  const error: unknown = await all(context.source.pages()).catch((reason: unknown) => reason)
  await backend.stop()
  folder.remove()
  assert.equal([apps, /self-signed certificate/.test(String(error))], [[], true])
})

test.run()
