import { createHmac } from 'node:crypto'
import { suite, type uvu } from 'uvu'
import * as assert from 'uvu/assert'
import type { Backend } from '../../../scripts/app-databases/backend.js'
import { startDispatcher } from '../../../src/dispatcher/create-dispatcher.js'
import { AppManagerError, type ConfigInput, createDispatcher, type Dispatcher } from '../../../src/index.js'
import { startReceiver, type TestReceiver } from '../../../src/testing/index.js'
import { appWith } from '../../support/dispatcher.js'
import { startHeldProxy } from '../../support/held-proxy.js'
import { told } from '../../support/told.js'
import { until } from '../../support/until.js'
import { record, webhooks } from './records.js'

interface Context {
  backend: Backend
  receiver: TestReceiver
  dispatchers: Dispatcher[]
}

const POLL_MS = 30
const IDS = ['a', 'changed', 'late', 'good']
const CREDENTIALS = [
  ...IDS.map((id) => ({ key: `key-of-${id}`, secret: `secret-of-${id}` })),
  { key: 'key-of-a', secret: 'rotated' },
]

async function start({ backend, dispatchers }: Context, more: ConfigInput = {}): Promise<Dispatcher> {
  const { app_manager, ...rest } = more
  const dispatcher = await createDispatcher({
    dispatcher: { shards: 1 },
    webhooks: { batching: { duration: 5 }, retry: { initial_backoff_ms: 20, max_backoff_ms: 50 } },
    ...backend.config,
    app_manager: { driver: backend.driver, poll_interval_ms: POLL_MS, ...app_manager },
    ...rest,
  })
  dispatchers.push(dispatcher)
  return dispatcher
}

const occupied = (channel: string) => ({ name: 'channel_occupied', channel })

const received = ({ receiver }: Context): unknown[] => receiver.received.map(({ channel }) => channel)

/** Apps that live in a database, seen from a dispatcher. */
export function databaseAppsSuite(begin: () => Promise<Backend>): uvu.Test<Context> {
  const test = suite<Context>('apps in a database')

  test.before(async (context) => {
    context.backend = await begin()
  })
  test.before.each(async (context) => {
    await context.backend.clear()
    context.receiver = await startReceiver({ pusher: CREDENTIALS })
    context.dispatchers = []
  })
  test.after.each(async ({ dispatchers, receiver }) => {
    for (const dispatcher of dispatchers) await dispatcher.close({ timeout: 0 })
    await receiver.close()
  })
  test.after(({ backend }) => backend.stop())

  test('get what they emit delivered, and are shown without secrets', async (context) => {
    const { backend, receiver } = context
    await backend.insert(record('a', { webhooks: webhooks(receiver.url) }), record('b'))
    const dispatcher = await start(context)
    dispatcher.app('a').channelOccupied('room')
    await dispatcher.flush()
    const { items, cursor } = dispatcher.apps.list({ limit: 1 })
    const rest = dispatcher.apps.list({ cursor, limit: 1 })
    assert.equal(
      [
        received(context),
        [...items, ...rest.items].map(({ id }) => id).sort(),
        rest.cursor,
        dispatcher.apps.has('b'),
        dispatcher.isReady,
      ],
      [['room'], ['a', 'b'], null, true, true],
    )
    assert.not.match(JSON.stringify([items, dispatcher.apps.get('a')]), /secret-of/)
  })

  test('take a new secret for the next attempt of a batch that waits already', async (context) => {
    const { backend, receiver } = context
    await backend.insert(record('a', { webhooks: webhooks(receiver.url) }))
    const dispatcher = await start(context)
    receiver.fail({ status: 503 })
    dispatcher.emit('a', occupied('room'))
    await receiver.waitFor(({ requests }) => requests.length > 0)
    await backend.update('a', { secret: 'rotated' })
    const signatures = (): Set<unknown> =>
      new Set(receiver.requests.map(({ headers }) => headers['x-pusher-signature']))
    await until(() => signatures().size === 2)
    receiver.heal()
    await dispatcher.flush()
    const last = receiver.requests.at(-1)
    const expected = createHmac('sha256', 'rotated')
      .update(last?.body ?? '')
      .digest('hex')
    assert.is(last?.headers['x-pusher-signature'], expected)
  })

  test('are added, changed, disabled and deleted without a restart', async (context) => {
    const { backend, receiver } = context
    await backend.insert(record('changed'), record('disabled'), record('deleted'))
    const dispatcher = await start(context)
    await backend.insert(record('added'))
    await backend.update('changed', { webhooks: webhooks(receiver.url) })
    await backend.update('disabled', { enabled: false })
    await backend.remove('deleted')
    const { apps } = dispatcher
    await until(
      () =>
        apps.has('added') &&
        !apps.has('deleted') &&
        apps.get('disabled')?.enabled === false &&
        apps.get('changed')?.webhooks.length === 1,
    )
    dispatcher.emit('changed', occupied('room'))
    await dispatcher.flush()
    assert.equal(received(context), ['room'])
  })

  test('are looked up at their first event, which is refused until then', async (context) => {
    const { backend, receiver } = context
    const dispatcher = await start(context, { app_manager: { poll_interval_ms: 0 } })
    await backend.insert(record('late', { webhooks: webhooks(receiver.url) }))
    const first = dispatcher.emit('late', occupied('first'))
    await until(() => dispatcher.emit('late', occupied('room')))
    dispatcher.emit('nobody', occupied('room'))
    await until(() => {
      dispatcher.emit('nobody', occupied('room'))
      return dispatcher.stats().refused_unknown_app > 0
    })
    await dispatcher.flush()
    assert.equal([first, received(context), dispatcher.stats().refused_app_loading > 1], [false, ['room'], true])
  })

  test('are loaded and refreshed when the host asks for it', async (context) => {
    const { backend } = context
    await backend.insert(record('gone'), record('changed'))
    const dispatcher = await start(context, { app_manager: { poll_interval_ms: 0 } })
    const { apps } = dispatcher
    await backend.insert(record('new'), record('newer'))
    await backend.update('changed', { enabled: false })
    await backend.remove('gone')
    assert.equal(
      [
        await apps.load('new'),
        await apps.load('nobody'),
        await apps.refresh('changed'),
        await apps.refresh('changed'),
        await apps.refresh('gone'),
        await apps.refresh(),
        apps
          .list()
          .items.map(({ id }) => id)
          .sort(),
      ],
      [
        true,
        false,
        { set: 1, deleted: 0 },
        { set: 0, deleted: 0 },
        { set: 0, deleted: 1 },
        { set: 1, deleted: 0 },
        ['changed', 'new', 'newer'],
      ],
    )
  })

  test('lie under those of the configuration, and a reload leaves them alone', async (context) => {
    const { backend, receiver } = context
    await backend.insert(record('both'), record('theirs'))
    const inline = { ...appWith([{ url: receiver.url }]), id: 'both' }
    const dispatcher = await start(context, { app_manager: { array: { apps: [inline] } } })
    const origins = () =>
      dispatcher.apps
        .list()
        .items.map(({ id, origin }) => `${id}: ${origin}`)
        .sort()
    const before = origins()
    await backend.update('both', { secret: 'another' })
    await dispatcher.apps.refresh()
    const afterChange = origins()
    await backend.remove('both')
    await dispatcher.apps.refresh()
    const afterDeletion = origins()
    await backend.insert(record('both'))
    await dispatcher.reload({ apps: [] })
    await until(() => origins().length === 2)
    assert.equal(
      [before, afterChange, afterDeletion, origins()],
      [
        ['both: inline', 'theirs: database'],
        ['both: inline', 'theirs: database'],
        ['both: inline', 'theirs: database'],
        ['both: database', 'theirs: database'],
      ],
    )
  })

  test('whose record cannot be read are reported, counted and refused, and the others go on', async (context) => {
    const { backend, receiver } = context
    await backend.insert(record('good', { webhooks: webhooks(receiver.url) }))
    const dispatcher = await start(context)
    const reported = told(dispatcher, 'app-invalid')
    await backend.insert(record('bad', { webhooks: [{ url: 5 }] }))
    const report = await reported
    const accepted = [dispatcher.emit('bad', occupied('room')), dispatcher.emit('good', occupied('room'))]
    assert.equal(
      [report?.app, report?.problems.length, accepted, dispatcher.stats().invalid_apps],
      ['bad', 2, [false, true], 1],
    )
  })

  test('stay in force while the database is dead, and follow it again afterwards', async (context) => {
    const { backend, receiver } = context
    if (backend.server === null) return
    await backend.insert(record('a', { webhooks: webhooks(receiver.url) }))
    const dispatcher = await start(context)
    await backend.server.kill()
    dispatcher.emit('a', occupied('room'))
    await dispatcher.flush()
    const failure: unknown = await dispatcher.apps.refresh().catch((reason: unknown) => reason)
    await backend.server.start()
    await backend.insert(record('b'))
    await until(() => dispatcher.apps.has('b'))
    assert.equal([received(context), failure instanceof AppManagerError], [['room'], true])
  })

  test('stay in force while the database is paused, and follow it again afterwards', async (context) => {
    const { backend, receiver } = context
    if (backend.server === null) return
    await backend.insert(record('a', { webhooks: webhooks(receiver.url) }))
    const dispatcher = await start(context)
    backend.server.pause()
    dispatcher.emit('a', occupied('room'))
    await dispatcher.flush()
    backend.server.resume()
    await backend.insert(record('b'))
    await until(() => dispatcher.apps.has('b'))
    assert.equal(received(context), ['room'])
  })

  test('are waited for while a slow database answers, and what is emitted meanwhile is delivered', async (context) => {
    const { backend, receiver } = context
    await backend.insert(record('a', { webhooks: webhooks(receiver.url) }))
    const proxy = await startHeldProxy(backend.port)
    const dispatcher = await start(context, { ...backend.configAt(proxy.port), app_manager: { poll_interval_ms: 0 } })
    await backend.insert(record('b'))
    proxy.hold()
    let isAnswered = false
    const refreshed = dispatcher.apps.refresh('b').then(() => {
      isAnswered = true
    })
    const accepted = [dispatcher.emit('a', occupied('room')), dispatcher.emit('b', occupied('room'))]
    await dispatcher.flush()
    const wasAnswered = isAnswered
    proxy.release()
    await refreshed
    const outcome = [accepted, received(context), wasAnswered, dispatcher.apps.has('b')]
    await dispatcher.close({ timeout: 0 })
    await proxy.stop()
    assert.equal(outcome, [[true, false], ['room'], false, true])
  })

  test('are waited for at the start while the database is away', async (context) => {
    const { backend, dispatchers } = context
    if (backend.server === null) return
    await backend.insert(record('a'))
    await backend.server.kill()
    const starting = startDispatcher(
      { dispatcher: { shards: 1 }, ...backend.config, app_manager: { driver: backend.driver } },
      { appsTimeoutMs: Number.POSITIVE_INFINITY },
    )
    await backend.server.start()
    const dispatcher = await starting
    dispatchers.push(dispatcher)
    assert.ok(dispatcher.apps.has('a'))
  })

  test('fail the start when the database stays away, with an error that says what was tried', async (context) => {
    const { backend } = context
    if (backend.server === null) return
    await backend.server.kill()
    const failure: unknown = await startDispatcher(
      { dispatcher: { shards: 1 }, ...backend.config, app_manager: { driver: backend.driver } },
      { appsTimeoutMs: 300 },
    ).catch((reason: unknown) => reason)
    await backend.server.start()
    assert.instance(failure, AppManagerError)
    assert.is((failure as AppManagerError).code, 'APP_MANAGER_UNAVAILABLE')
    assert.match(String(failure), /given up after \d+ attempts within \d+\.\d s/)
    assert.instance((failure as AppManagerError).cause, Error)
  })

  test('are all kept when the table is suddenly empty, until a second look', async (context) => {
    const { backend } = context
    await backend.insert(...Array.from({ length: 30 }, (_, index) => record(`app-${index}`)))
    const dispatcher = await start(context, { app_manager: { poll_interval_ms: 0 } })
    await backend.clear()
    const first = await dispatcher.apps.refresh()
    const kept = dispatcher.stats().apps
    const second = await dispatcher.apps.refresh()
    assert.equal([first.deleted, kept, second.deleted], [0, 30, 30])
  })

  test('that cannot be read at the start are an error that names the database', async (context) => {
    const { backend } = context
    await backend.dropTable()
    const failure: unknown = await start(context).catch((reason: unknown) => reason)
    await backend.createTable()
    assert.instance(failure, AppManagerError)
    assert.match(String(failure), /applications/)
  })

  test('that cannot be read at the start are read later with on_unavailable start', async (context) => {
    const { backend } = context
    await backend.dropTable()
    const dispatcher = await start(context, { app_manager: { on_unavailable: 'start' } })
    const wasReady = dispatcher.isReady
    await backend.createTable()
    await backend.insert(record('a'))
    await until(() => dispatcher.isReady)
    assert.equal([wasReady, dispatcher.apps.has('a')], [false, true])
  })

  return test
}
