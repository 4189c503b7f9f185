import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startPgsqlBackend } from '../../scripts/app-databases/pgsql-backend.js'
import { AppManagerError, createDispatcher, type Dispatcher } from '../../src/index.js'
import { startReceiver, type TestReceiver } from '../../src/testing/index.js'
import { record, webhooks } from '../apps/support/records.js'
import { projectRoot } from '../support/project-root.js'
import { until } from '../support/until.js'

interface Context {
  backend: Awaited<ReturnType<typeof startPgsqlBackend>>
  receiver: TestReceiver
  dispatcher: Dispatcher
}

const test = suite<Context>('a database in trouble')

/** What PostgreSQL says when all of its connections are taken. */
const NO_CONNECTION = /too many|remaining connection slots/

/** The trigger of the guide. */
function trigger(): string {
  const guide = readFileSync(join(projectRoot, 'docs/guide/apps-in-databases.md'), 'utf8')
  return /```sql\n(.*?)```/s.exec(guide)?.[1] ?? ''
}

test.before(async (context) => {
  context.backend = await startPgsqlBackend(['max_connections=8', 'superuser_reserved_connections=0'])
  await context.backend.sql.unsafe(trigger())
})
test.before.each(async (context) => {
  const { backend } = context
  await backend.clear()
  context.receiver = await startReceiver({ pusher: [{ key: 'key-of-a', secret: 'secret-of-a' }] })
  await backend.insert(record('a', { webhooks: webhooks(context.receiver.url) }))
  context.dispatcher = await createDispatcher({
    dispatcher: { shards: 1 },
    webhooks: { batching: { duration: 5 } },
    ...backend.config,
    app_manager: { driver: 'pgsql', poll_interval_ms: 0 },
    database_pooling: { max: 2 },
  })
})
test.after.each(async ({ dispatcher, receiver }) => {
  await dispatcher.close({ timeout: 0 })
  await receiver.close()
})
test.after(({ backend }) => backend.stop())

async function delivers({ dispatcher, receiver }: Context): Promise<boolean> {
  const before = receiver.received.length
  dispatcher.emit('a', { name: 'channel_occupied', channel: 'room' })
  await dispatcher.flush()
  return receiver.received.length === before + 1
}

test("the guide's trigger reports inserts, updates, deletions and a truncation without a poll", async (context) => {
  const { backend, dispatcher } = context
  const { apps } = dispatcher
  await backend.insert(record('b'))
  await until(() => apps.has('b'))
  await backend.update('b', { enabled: false })
  await until(() => apps.get('b')?.enabled === false)
  await backend.remove('b')
  await until(() => !apps.has('b'))
  await backend.sql`TRUNCATE applications`
  await until(() => apps.list().items.length === 0)
})

test('a transaction that changes thousands of apps is followed', async ({ backend, dispatcher }) => {
  await backend.insert(...Array.from({ length: 3000 }, (_, index) => record(`app-${index}`)))
  await until(() => dispatcher.stats().apps === 3001)
  assert.is(dispatcher.stats().apps, 3001)
})

test('after a crash of the database its reports are heard again, and what they missed is read', async (context) => {
  const { backend, dispatcher } = context
  const { apps } = dispatcher
  await backend.sql`ALTER TABLE applications DISABLE TRIGGER USER`
  await backend.insert(record('unreported'))
  await backend.insert(record('look-up'))
  await apps.load('look-up')
  const wasKnown = apps.has('unreported')
  await backend.server?.kill()
  const isDelivering = await delivers(context)
  await backend.server?.start()
  // Nothing polls, and no trigger has reported it: the complete look after the gap finds it.
  await until(() => apps.has('unreported'))
  await backend.sql`ALTER TABLE applications ENABLE TRIGGER USER`
  await backend.insert(record('reported'))
  await until(() => apps.has('reported'))
  assert.equal([wasKnown, isDelivering], [false, true])
})

test('a table that is locked holds up what asks it, and no delivery', async (context) => {
  const { backend, dispatcher } = context
  let isAnswered = false
  const { answer, isDelivering } = await backend.sql.begin(async (sql) => {
    await sql`LOCK TABLE applications IN ACCESS EXCLUSIVE MODE`
    const refreshed = dispatcher.apps.refresh('a').then(() => {
      isAnswered = true
    })
    return { answer: refreshed, isDelivering: await delivers(context), wasAnswered: isAnswered }
  })
  await answer
  assert.equal([isDelivering, isAnswered], [true, true])
})

test('a database that takes no more connections is an error, and no delivery waits for it', async (context) => {
  const { backend, dispatcher } = context
  const ended = await backend.sql<{ pid: number }[]>`
    SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`
  const pids = ended.map(({ pid }) => pid)
  // A connection that is still ending would leave its place to the question below.
  await until(async () => (await backend.sql`SELECT FROM pg_stat_activity WHERE pid = ANY(${pids})`).length === 0)
  const others = await occupyAll(backend)
  // One that ended may be noticed by the first question only.
  let failure: unknown
  await until(async () => {
    failure = await dispatcher.apps.refresh('a').catch((reason: unknown) => reason)
    return NO_CONNECTION.test(String(failure))
  })
  const isDelivering = await delivers(context)
  for (const other of others) await other.end({ timeout: 0 })
  await until(() =>
    dispatcher.apps.refresh().then(
      () => true,
      () => false,
    ),
  )
  assert.equal([failure instanceof AppManagerError && failure.code, isDelivering], ['APP_MANAGER_UNAVAILABLE', true])
})

/** Connects until nobody else can. */
async function occupyAll({ connect }: Context['backend']): Promise<ReturnType<Context['backend']['connect']>[]> {
  const others: ReturnType<Context['backend']['connect']>[] = []
  for (;;) {
    const other = connect()
    try {
      await other`SELECT 1`
      others.push(other)
    } catch (error) {
      await other.end({ timeout: 0 })
      if (NO_CONNECTION.test(String(error))) return others
    }
  }
}

test.run()
