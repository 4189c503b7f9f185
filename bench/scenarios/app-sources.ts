import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { Backend } from '../../scripts/app-databases/backend.js'
import { startDynamoDbBackend } from '../../scripts/app-databases/dynamodb-backend.js'
import { startMysqlBackend } from '../../scripts/app-databases/mysql-backend.js'
import { startPgsqlBackend } from '../../scripts/app-databases/pgsql-backend.js'
import { startDispatcher } from '../../src/dispatcher/create-dispatcher.js'
import { entrants, type Measured, type Scenario } from '../scenario.js'

const LOAD = 'apps loaded per second'
const LOAD_SECONDS = 'seconds to create the dispatcher'
const MEMORY = 'bytes of the main thread’s heap per app'
const DELAY = 'longest delay of the event loop while loading, ms'
const QUIET_POLL = 'a poll without changes, ms'
const QUIET_POLL_ACTIVE = 'a poll without changes, ms of the main thread'
const POLL = 'a poll with one change, ms'
const POLL_ACTIVE = 'a poll with one change, ms of the main thread'

const INSERTED_AT_ONCE = 1000
const RESOLUTION_MS = 1

const BACKENDS: Readonly<Record<string, () => Promise<Backend>>> = {
  PostgreSQL: () => startPgsqlBackend(),
  MariaDB: () => startMysqlBackend(),
  'DynamoDB (dynalite)': () => startDynamoDbBackend(),
}

function records(from: number, to: number) {
  return Array.from({ length: to - from }, (_, index) => ({
    id: `app-${from + index}`,
    key: `key-${from + index}`,
    secret: `secret-${from + index}`,
    webhooks: [{ url: `https://customer.example/${from + index}`, event_types: ['member_added'] }],
  }))
}

async function measure(name: string, count: number): Promise<Measured> {
  const backend = await BACKENDS[name]?.()
  if (backend === undefined) throw new RangeError(`there is no database ${name}`)
  try {
    for (let from = 0; from < count; from += INSERTED_AT_ONCE) {
      await backend.insert(...records(from, Math.min(from + INSERTED_AT_ONCE, count)))
    }
    await backend.settle()
    const before = heapUsed()
    const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
    delay.enable()
    const startMs = performance.now()
    const dispatcher = await startDispatcher(
      { dispatcher: { shards: 1 }, ...backend.config, app_manager: { driver: backend.driver, poll_interval_ms: 0 } },
      {},
    )
    const seconds = (performance.now() - startMs) / 1000
    delay.disable()
    const bytes = (heapUsed() - before) / count
    if (dispatcher.stats().apps !== count) throw new Error('not all apps were loaded')
    const quiet = await timed(() => dispatcher.apps.refresh())
    await backend.update('app-7', { secret: 'another' })
    const poll = await timed(() => dispatcher.apps.refresh())
    await dispatcher.close()
    return {
      figures: {
        [LOAD]: count / seconds,
        [LOAD_SECONDS]: seconds,
        [MEMORY]: bytes,
        [DELAY]: delay.max / 1e6,
        [QUIET_POLL]: quiet.ms,
        [QUIET_POLL_ACTIVE]: quiet.activeMs,
        [POLL]: poll.ms,
        [POLL_ACTIVE]: poll.activeMs,
      },
    }
  } finally {
    await backend.stop()
  }
}

async function timed(run: () => Promise<unknown>): Promise<{ readonly ms: number; readonly activeMs: number }> {
  const before = performance.eventLoopUtilization()
  const startMs = performance.now()
  await run()
  const { active } = performance.eventLoopUtilization(before)
  return { ms: performance.now() - startMs, activeMs: active }
}

function heapUsed(): number {
  if (globalThis.gc === undefined) throw new Error('the process was started without --expose-gc')
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

const SQL = ['PostgreSQL', 'MariaDB'] as const
const ALL = [...SQL, 'DynamoDB (dynalite)'] as const

export const appSources: Scenario = {
  title: 'Apps in databases',
  method:
    'A database of its own on the same machine, with one webhook per app. The delay of the event loop is that of a process that does nothing ' +
    'else. A poll without changes is an aggregate per 10,000 apps that the database answers; one with a change also reads the versions of those whose aggregate is another one, and the changed record. dynalite, in memory, stands in ' +
    'for DynamoDB: its times are its own, and every poll is a scan with a cap of 100 read units per second.',
  figures: [
    { name: LOAD, better: 'more' },
    { name: LOAD_SECONDS, better: 'less' },
    { name: MEMORY, better: 'less' },
    { name: DELAY, better: 'less' },
    { name: QUIET_POLL, better: 'less' },
    { name: QUIET_POLL_ACTIVE, better: 'less' },
    { name: POLL, better: 'less' },
    { name: POLL_ACTIVE, better: 'less' },
  ],
  nodeOptions: ['--expose-gc', '--max-old-space-size=8192'],
  turns: { full: 1, quick: 1 },
  cases: (isQuick) => [
    { title: '1,000 apps', entrants: entrants(ALL, (name) => measure(name, 1000)) },
    ...(isQuick ? [] : [{ title: '100,000 apps', entrants: entrants(SQL, (name) => measure(name, 100_000)) }]),
  ],
}
