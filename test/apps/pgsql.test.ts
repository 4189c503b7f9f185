import * as assert from 'uvu/assert'
import { type PgsqlBackend, startPgsqlBackend } from '../../scripts/app-databases/pgsql-backend.js'
import { makeCertificate } from '../../scripts/certificate.js'
import { temporaryFolder } from '../../scripts/temporary-folder.js'
import { ALL_IDS } from '../../src/apps/app-source.js'
import { pgsqlSource } from '../../src/apps/pgsql.js'
import type { SqlSource } from '../../src/apps/sql-source.js'
import { parseConfig } from '../../src/config/index.js'
import { until } from '../support/until.js'
import { record } from './support/records.js'
import { sourceContractSuite } from './support/source-contract.js'
import { all, sqlSuite } from './support/sql-suite.js'

const contract = sourceContractSuite(() => startPgsqlBackend())
contract.run()

const test = sqlSuite<PgsqlBackend>({
  name: 'PostgreSQL',
  start: () => startPgsqlBackend(),
  run: ({ sql }, statements) => sql.unsafe(statements),
  open: pgsqlSource,
  section: 'postgres',
  key: 'key',
  dropTable: 'DROP TABLE IF EXISTS applications CASCADE',
  grantToReader:
    "CREATE ROLE reader LOGIN PASSWORD 'r'; GRANT SELECT (id, key, secret, enabled, webhooks, policy, updated_at) ON applications TO reader",
  wrongPassword: /password authentication failed/,
})

const MINIMAL = 'id VARCHAR(255) PRIMARY KEY, key VARCHAR(255) NOT NULL, secret VARCHAR(255) NOT NULL'

test('an update by hand, which leaves updated_at as it is, is noticed', async (context) => {
  const { backend } = context
  await backend.createTable()
  await backend.insert(record('a'))
  context.source = backend.source() as SqlSource
  const before = await context.source.fingerprint(ALL_IDS)
  await backend.sql`UPDATE applications SET webhooks = '[]'`
  assert.not.equal(await context.source.fingerprint(ALL_IDS), before)
})

test('a view is read too, its versions told apart by the content', async (context) => {
  const { backend } = context
  await backend.sql.unsafe(
    `CREATE TABLE IF NOT EXISTS hidden (${MINIMAL}); INSERT INTO hidden VALUES ('a', 'k', 's') ON CONFLICT DO NOTHING;
     CREATE OR REPLACE VIEW shown AS SELECT * FROM hidden`,
  )
  const { database } = parseConfig(backend.config)
  context.source = pgsqlSource({ ...database.postgres, tableName: 'public.shown' })
  const versions = new Set((await all(context.source.pages())).map(({ version }) => version))
  await backend.sql`UPDATE hidden SET secret = secret || '2'`
  for (const { version } of await all(context.source.versions(ALL_IDS))) versions.add(version)
  assert.is(versions.size, 2)
})

test('is read by TLS, by a certificate that is trusted alone', async (context) => {
  const { cert, key } = await makeCertificate()
  const folder = temporaryFolder()
  const ca = folder.write('ca.pem', cert)
  const { sql } = context.backend
  await context.backend.createTable()
  await sql.unsafe(`COPY (SELECT 1) TO PROGRAM 'cat > ssl.pem <<EOF
${cert}
EOF
(umask 077; cat > ssl.key <<EOF
${key}
EOF
)'`)
  await sql.unsafe("ALTER SYSTEM SET ssl_cert_file = 'ssl.pem'")
  await sql.unsafe("ALTER SYSTEM SET ssl_key_file = 'ssl.key'")
  await sql.unsafe('ALTER SYSTEM SET ssl = on')
  await sql`SELECT pg_reload_conf()`
  const sourceWith = (tls: Readonly<Record<string, unknown>>) => {
    const config = { ...context.backend.config.database?.postgres, tls: { enabled: true, ...tls } }
    return pgsqlSource(parseConfig({ database: { postgres: config } }).database.postgres)
  }
  const trusting = sourceWith({ ca_path: ca })
  await until(() => all(trusting.pages()).then(Boolean, () => false))
  context.source = sourceWith({})
  const error: unknown = await all(context.source.pages()).catch((reason: unknown) => reason)
  await trusting.close()
  folder.remove()
  assert.match(String(error), /self-signed certificate/)
})

test.run()
