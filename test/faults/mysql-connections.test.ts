import type { Connection } from 'mysql2/promise'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type MysqlBackend, startMysqlBackend } from '../../scripts/app-databases/mysql-backend.js'
import { AppManagerError, createDispatcher } from '../../src/index.js'
import { startReceiver } from '../../src/testing/index.js'
import { record, webhooks } from '../apps/support/records.js'
import { until } from '../support/until.js'

const test = suite<{ backend: MysqlBackend }>('a MySQL that takes no more connections')

/** What MySQL says when all of its connections are taken. */
const NO_CONNECTION = /[Tt]oo many connections/

test.before(async (context) => {
  context.backend = await startMysqlBackend(['--max-connections=10'])
})

test.after(({ backend }) => backend.stop())

test('is an error that may pass, no delivery waits for it, and it is read again afterwards', async ({ backend }) => {
  const receiver = await startReceiver({ pusher: [{ key: 'key-of-a', secret: 'secret-of-a' }] })
  await backend.insert(record('a', { webhooks: webhooks(receiver.url) }))
  const dispatcher = await createDispatcher({
    dispatcher: { shards: 1 },
    webhooks: { batching: { duration: 5 } },
    ...backend.config,
    app_manager: { driver: 'mysql', poll_interval_ms: 0 },
    database_pooling: { max: 2 },
  })
  const others = [await endOthers(backend), ...(await occupyAll(backend))]
  // One that ended may be noticed by the first question only.
  let failure: unknown
  await until(async () => {
    failure = await dispatcher.apps.refresh('a').catch((reason: unknown) => reason)
    return NO_CONNECTION.test(String(failure))
  })
  dispatcher.emit('a', { name: 'channel_occupied', channel: 'room' })
  await dispatcher.flush()
  const delivered = receiver.received.map(({ channel }) => channel)
  for (const other of others) other.destroy()
  await until(() =>
    backend.insert(record('b')).then(
      () => true,
      () => false,
    ),
  )
  await until(() =>
    dispatcher.apps.refresh().then(
      () => dispatcher.apps.has('b'),
      () => false,
    ),
  )
  await dispatcher.close({ timeout: 0 })
  await receiver.close()
  assert.equal([failure instanceof AppManagerError && failure.code, delivered], ['APP_MANAGER_UNAVAILABLE', ['room']])
})

/** Ends all connections but one, because one that is still ending would leave its place to a question that comes later. @returns that one */
async function endOthers({ connect }: MysqlBackend): Promise<Connection> {
  const connection = await connect()
  const others = async (): Promise<readonly { id: number }[]> => {
    const [rows] = await connection.query(
      "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user <> 'system user'",
    )
    return rows as { id: number }[]
  }
  for (const { id } of await others()) await connection.query(`KILL ${id}`)
  await until(async () => (await others()).length === 0)
  return connection
}

/** Connects until nobody else can. */
async function occupyAll({ connect }: MysqlBackend): Promise<Connection[]> {
  const others: Connection[] = []
  for (;;) {
    try {
      others.push(await connect())
    } catch (error) {
      if (NO_CONNECTION.test(String(error))) return others
    }
  }
}

test.run()
